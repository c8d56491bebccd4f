/** The id of an attempt: `<run>.<step>.<number>`, with nothing in it that a file name or a NATS message id may not hold. */
export function attemptIdOf(runId: string, stepId: string, number: number): string {
  return `${runId}.${stepId}.${number}`.replaceAll(/[^A-Za-z0-9._-]/g, '_');
}
