import type { z } from 'zod';

/** The contract of an action: everything that coordinator and agent must agree on. */
export interface ActionContract<P extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** One sentence for the generated page of actions. */
  description: string;
  params: P;
  outputs: O;
  /** Default time limit of one task, milliseconds. */
  timeLimitMs: number;
  /**
   * true: a trial that undoes whatever it does (a test function). It is made in every run and counts as unchanged; a dry
   * run leaves it out.
   */
  trial?: boolean;
  /** true: it waits for what others bring about and changes nothing itself: having waited counts as unchanged. */
  onlyWaits?: boolean;
}

/** Keeps the exact schema types of a contract. */
export function defineAction<P extends z.ZodType, O extends z.ZodType>(
  contract: ActionContract<P, O>,
): ActionContract<P, O> {
  return contract;
}

/** Minutes in milliseconds. */
export const minutes = (count: number) => count * 60_000;
