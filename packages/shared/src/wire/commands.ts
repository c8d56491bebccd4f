import * as z from 'zod';
import { runId } from '../names.ts';
import { task } from '../plan.ts';
import { attemptSummary } from './results.ts';
import { LONGEST_USAGE_LEASE_SECONDS } from './usage.ts';

/**
 * Tells the agent to run a step. The command may arrive more than once: the agent runs an attempt once and answers the
 * same attempt id again with what it knows of it.
 */
export const runStep = z.object({
  type: z.literal('step.run'),
  runId,
  stepId: z.string(),
  attemptId: z.string(),
  phase: z.string(),
  /** In the mode check the agent only looks and reports what would change. */
  mode: z.enum(['apply', 'check']),
  tasks: z.array(task),
  timeLimitMs: z.number().int().positive(),
});
/** See {@link runStep}. */
export type RunStep = z.infer<typeof runStep>;

/** Tells the agent to end an attempt early. The result arrives as an event with the outcome `cancelled`. */
const cancelStep = z.object({ type: z.literal('step.cancel'), attemptId: z.string(), reason: z.string() });

/** Tells the agent to forget its identity and to stop, because its node was removed. */
const leave = z.object({ type: z.literal('agent.leave'), reason: z.string() });

/**
 * Asks the agent to tell once per second what its host uses, for some seconds from now on. It is sent again as long as
 * somebody listens. The answer is `accepted`, or `refused` with the reason; agents that are older give none.
 */
const tellUsage = z.object({
  type: z.literal('usage.tell'),
  seconds: z.number().int().positive().max(LONGEST_USAGE_LEASE_SECONDS),
  address: z.string().max(64).describe('The address of the node, by which the interface is found that is told of'),
});
/** See {@link tellUsage}. */
export type TellUsage = z.infer<typeof tellUsage>;

/** Everything that a coordinator may say to an agent. */
export const command = z.discriminatedUnion('type', [runStep, cancelStep, leave, tellUsage]);
/** See {@link command}. */
export type Command = z.infer<typeof command>;

/** The agent's answer to a command, which it sends after it has written the command to its journal. */
export const commandReply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('accepted'), attemptId: z.string(), status: z.enum(['running', 'finished', 'unknown']) }),
  /**
   * The attempt ended within the moment that the agent waits before it answers. The same result is not sent as an
   * event.
   */
  z.object({ type: z.literal('finished'), attemptId: z.string(), result: attemptSummary }),
  z.object({
    type: z.literal('refused'),
    message: z.string(),
    /** true: the agent is about to end, and its next start may answer otherwise. The command is to be sent again. */
    passing: z.boolean().optional(),
  }),
]);
/** See {@link commandReply}. */
export type CommandReply = z.infer<typeof commandReply>;
