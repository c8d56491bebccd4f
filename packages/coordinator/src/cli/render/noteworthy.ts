import { type AttemptSummary, defined, type Finding, finding } from '@vhive/shared';
import * as z from 'zod';

const findings = z.object({ findings: z.array(finding) });
const answer = z.object({ reply: z.string(), readyMs: z.number(), callMs: z.number() });

/** Returns the warnings among the outputs of a step: what preflight found that does not stop the run. */
export function warningsOf({ outputs }: AttemptSummary): Finding[] {
  return Object.values(outputs).flatMap((output) => {
    const parsed = findings.safeParse(output);
    return parsed.success ? parsed.data.findings.filter(({ level }) => level === 'warning') : [];
  });
}

/** Returns what a test function answered, and how fast; undefined where a step called none. */
export function answerOf({ outputs }: AttemptSummary): z.infer<typeof answer> | undefined {
  for (const output of Object.values(outputs)) {
    const parsed = answer.safeParse(output);
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** What people need to use a ready cluster: its gateway, and the proof that a function answers there. */
export interface Usable {
  /** The IPv4 address of the ingress gateway. */
  gateway?: string;
  answer?: NonNullable<ReturnType<typeof answerOf>>;
}

const gatewayOutput = z.object({ address: z.ipv4() });

/** Returns what the outputs of a step of `phase` add to that. */
export function usableBy(phase: string, result: AttemptSummary): Usable {
  const answer = answerOf(result);
  const gateway = phase === 'ingress' ? gatewayOutput.safeParse(result.outputs.address).data?.address : undefined;
  return defined({ answer, gateway });
}

/**
 * Writes how functions are called, for the end of a report. `magicDomain` says that names lead to the gateway by
 * sslip.io.
 */
export function usableLines({ gateway, answer }: Usable, magicDomain: boolean): string[] {
  return [
    ...(gateway === undefined ? [] : [`Gateway: ${gateway}`]),
    ...(gateway === undefined || !magicDomain ? [] : [`Functions: http://<function>.<namespace>.${gateway}.sslip.io`]),
    ...(answer === undefined ? [] : [answerText(answer)]),
  ];
}

/** Writes a test function's answer as one line. */
export function answerText({ readyMs, callMs, reply }: NonNullable<ReturnType<typeof answerOf>>): string {
  return `A test function was ready after ${(readyMs / 1000).toFixed(1)} s and answered in ${Math.round(callMs)} ms: ${reply}`;
}

/** Writes a warning as one line. */
export function warningText({ message, hint }: Finding): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
