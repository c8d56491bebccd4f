import type * as z from 'zod';

/** The contract of an action holds everything that coordinator and agent must agree on. */
export interface ActionContract<P extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** The state that the action brings about, in a sentence or two, for the generated page of actions. */
  description: string;
  params: P;
  outputs: O;
  /** The default time limit of one task, in milliseconds. */
  timeLimitMs: number;
  /**
   * When true, the action is a trial that undoes whatever it does, such as a test function. It is made in every run and
   * counts as unchanged; a dry run leaves it out.
   */
  trial?: boolean;
  /**
   * When true, the action waits for what others bring about and changes nothing itself, so that having waited counts as
   * unchanged.
   */
  onlyWaits?: boolean;
  /**
   * When true, how long the action takes depends on other nodes too, because it waits for them or for pods that may run
   * there. Its time limits stretch by the slowest of them.
   */
  waitsForNodes?: boolean;
}

/** Returns the contract as it is; the call only keeps the exact types of its schemas. */
export function defineAction<P extends z.ZodType, O extends z.ZodType>(
  contract: ActionContract<P, O>,
): ActionContract<P, O> {
  return contract;
}

/** Converts minutes into milliseconds. */
export const minutes = (count: number) => count * 60_000;
