import type { KubernetesObject } from '@vhive/shared';
import { AUTOSCALING, type Sandbox, traceFunction } from '../functions/catalogue.ts';
import { functionService } from '../functions/function-service.ts';
import { type CpuLimit, resourcesOf } from './resources.ts';
import type { TraceFunction } from './trace.ts';

/** What calls of a trace function are counted by, when its pods are scaled. */
export const autoscalingMetrics = ['concurrency', 'rps'] as const;

/** How the functions of a trace are deployed. */
export interface TraceServiceOptions {
  namespace: string;
  sandbox: Sandbox;
  /** The image instead of invitro's; in microVMs, of what runs inside. */
  image?: string | undefined;
  cpuLimit: CpuLimit;
  metric: (typeof autoscalingMetrics)[number];
  /** Whether pods are hardly ever added in panic, as invitro's IsPartiallyPanic has it. */
  partiallyPanic: boolean;
  initialScale: number;
  /** How many iterations keep the function busy for a millisecond, on the nodes of this cluster. */
  iterationsPerMs: number;
}

/** The share of the window in which Knative panics, and by how much, both in per cent: hardly ever. */
const HARDLY_PANIC = {
  [`${AUTOSCALING}/panic-window-percentage`]: '100.0',
  [`${AUTOSCALING}/panic-threshold-percentage`]: '1000.0',
};

/** Names the function at a position of a trace. The name is invitro's, without its random number. */
export const traceFunctionName = (position: number) => `trace-func-${position}`;

/** Returns the Knative Service of a trace function, as invitro deploys it. */
export function traceService(name: string, one: TraceFunction, options: TraceServiceOptions): KubernetesObject {
  const { namespace, sandbox, image, metric, iterationsPerMs } = options;
  // How many calls of this length a pod serves in a second.
  const rate = Math.max(1, Math.round(1_000 / Math.max(1, one.averageDurationMs)));
  const entry = {
    ...traceFunction,
    ...(image === undefined ? {} : { image, microVmImage: image }),
    env: { ...traceFunction.env, ITERATIONS_MULTIPLIER: String(iterationsPerMs) },
    annotations: {
      ...traceFunction.annotations,
      [`${AUTOSCALING}/initial-scale`]: String(options.initialScale),
      ...(metric === 'rps' ? { [`${AUTOSCALING}/metric`]: 'rps', [`${AUTOSCALING}/target`]: String(rate) } : {}),
      ...(options.partiallyPanic ? HARDLY_PANIC : {}),
    },
  };
  return withResources(functionService(entry, { sandbox, name, namespace }), one, options.cpuLimit);
}

function withResources(service: KubernetesObject, one: TraceFunction, limit: CpuLimit): KubernetesObject {
  const { cpuLimitMilli, cpuRequestMilli, memoryRequestMib } = resourcesOf(one, limit);
  const resources = {
    limits: { cpu: `${cpuLimitMilli}m` },
    requests: { cpu: `${cpuRequestMilli}m`, memory: `${memoryRequestMib}Mi` },
  };
  const { spec } = service as unknown as { spec: { template: { spec: { containers: object[] } } } };
  const { template } = spec;
  const containers = template.spec.containers.map((container) => ({ ...container, resources }));
  return { ...service, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } };
}
