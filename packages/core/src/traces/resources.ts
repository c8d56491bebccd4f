import { valueAt } from './quantiles.ts';
import type { TraceFunction } from './trace.ts';

/** How the CPU of a trace function is limited. The names are those of invitro's `CPULimit`. */
export const cpuLimits = ['1vCPU', 'GCP'] as const;

/** One of {@link cpuLimits}: one CPU each, or the share that Google Cloud Functions gives for the memory. */
export type CpuLimit = (typeof cpuLimits)[number];

/** What a function may take, and what is set aside for it. */
export interface FunctionResources {
  /** In thousandths of a CPU. */
  cpuLimitMilli: number;
  cpuRequestMilli: number;
  /** In MiB. */
  memoryRequestMib: number;
}

/** Only this part of what a function may take is set aside for it, as invitro does (from Firecracker's NSDI'20 paper). */
const OVERCOMMITMENT = 10;

/** The CPU in thousandths up to, and without, each amount of memory in MB: https://cloud.google.com/functions/pricing */
const GCP: readonly (readonly [memoryMb: number, milli: number])[] = [
  [256, 83],
  [512, 167],
  [1024, 333],
  [2048, 583],
  [4096, 1000],
];
const GCP_MOST = 2000;

/** Returns what a trace function may take, by the most memory that it took. */
export function resourcesOf({ memory }: TraceFunction, limit: CpuLimit): FunctionResources {
  const mostMb = Math.floor(valueAt(memory, 1));
  const cpuLimitMilli = limit === '1vCPU' ? 1000 : (GCP.find(([below]) => mostMb < below)?.[1] ?? GCP_MOST);
  return {
    cpuLimitMilli,
    cpuRequestMilli: Math.floor(cpuLimitMilli / OVERCOMMITMENT),
    memoryRequestMib: Math.max(1, Math.floor(mostMb / OVERCOMMITMENT)),
  };
}
