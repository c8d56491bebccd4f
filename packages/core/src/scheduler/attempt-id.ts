/** The id of an attempt: `<run>.<step>.<number>`, with nothing in it that a file name or a NATS message id may not hold. */
export function attemptIdOf(runId: string, stepId: string, number: number): string {
  return `${runId}.${stepId}.${number}`.replaceAll(/[^A-Za-z0-9._-]/g, '_');
}

/** Which attempt of its step an id names, counting from 1. */
export function attemptNumberOf(attemptId: string): number {
  return Number(attemptId.slice(attemptId.lastIndexOf('.') + 1));
}
