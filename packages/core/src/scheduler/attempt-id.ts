/**
 * Returns the id of an attempt, `<run>.<step>.<number>`. It holds no character that a file name or a NATS message id
 * may not hold.
 */
export function attemptIdOf(runId: string, stepId: string, number: number): string {
  return `${runId}.${stepId}.${number}`.replaceAll(/[^A-Za-z0-9._-]/g, '_');
}

/** Returns which attempt of its step an id names, counted from 1. */
export function attemptNumberOf(attemptId: string): number {
  return Number(attemptId.slice(attemptId.lastIndexOf('.') + 1));
}
