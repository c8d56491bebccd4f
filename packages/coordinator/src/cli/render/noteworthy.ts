import { type AttemptSummary, defined, type Finding, finding } from '@vhive/shared';
import * as z from 'zod';

const findings = z.object({ findings: z.array(finding) });
const answer = z.object({ reply: z.string(), readyMs: z.number(), callMs: z.number() });

/** Warnings among the outputs of a step: what preflight found that does not stop it. */
export function warningsOf({ outputs }: AttemptSummary): Finding[] {
  return Object.values(outputs).flatMap((output) => {
    const parsed = findings.safeParse(output);
    return parsed.success ? parsed.data.findings.filter(({ level }) => level === 'warning') : [];
  });
}

/** What a test function answered, and how fast; undefined where a step called none. */
export function answerOf({ outputs }: AttemptSummary): z.infer<typeof answer> | undefined {
  for (const output of Object.values(outputs)) {
    const parsed = answer.safeParse(output);
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** What a ready cluster is used by: its gateway, and the proof that a function answers there. */
export interface Usable {
  /** Address of the ingress gateway, IPv4. */
  gateway?: string;
  answer?: NonNullable<ReturnType<typeof answerOf>>;
}

const gatewayOutput = z.object({ address: z.ipv4() });

/** What the outputs of a step of `phase` add to that. */
export function usableBy(phase: string, result: AttemptSummary): Usable {
  const answer = answerOf(result);
  const gateway = phase === 'ingress' ? gatewayOutput.safeParse(result.outputs.address).data?.address : undefined;
  return defined({ answer, gateway });
}

/** How the cluster is used, for the end of the report. `magicDomain`: names lead to the gateway by sslip.io. */
export function usableLines({ gateway, answer }: Usable, magicDomain: boolean): string[] {
  const names = magicDomain ? ` Functions: http://<function>.<namespace>.${gateway}.sslip.io` : '';
  return [
    ...(gateway === undefined ? [] : [`Gateway: ${gateway}.${names}`]),
    ...(answer === undefined ? [] : [answerText(answer)]),
  ];
}

/** A test function's answer as one line. */
export function answerText({ readyMs, callMs, reply }: NonNullable<ReturnType<typeof answerOf>>): string {
  return `A test function was ready after ${(readyMs / 1000).toFixed(1)} s and answered in ${Math.round(callMs)} ms: ${reply}`;
}

/** A warning as one line. */
export function warningText({ message, hint }: Finding): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
