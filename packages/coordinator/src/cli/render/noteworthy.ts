import { type AttemptSummary, type Finding, finding } from '@vhive/shared';
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

/** A warning as one line. */
export function warningText({ message, hint }: Finding): string {
  return hint === undefined ? message : `${message} (${hint})`;
}
