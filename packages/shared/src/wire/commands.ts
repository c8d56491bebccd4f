import * as z from 'zod';
import { runId } from '../names.ts';
import { task } from '../plan.ts';
import { attemptSummary } from './results.ts';

/** Runs a step. At-least-once: the agent answers the same attempt id with what it knows of it, and runs it once. */
export const runStep = z.object({
  type: z.literal('step.run'),
  runId,
  stepId: z.string(),
  attemptId: z.string(),
  phase: z.string(),
  /** check: only look and report what would change. */
  mode: z.enum(['apply', 'check']),
  tasks: z.array(task),
  timeLimitMs: z.number().int().positive(),
});
/** See {@link runStep}. */
export type RunStep = z.infer<typeof runStep>;

/** Ends an attempt early; its result arrives as an event with outcome `cancelled`. */
const cancelStep = z.object({ type: z.literal('step.cancel'), attemptId: z.string(), reason: z.string() });

/** Tells the agent to forget its identity and stop (node removed). */
const leave = z.object({ type: z.literal('agent.leave'), reason: z.string() });

/** Everything a coordinator may say to an agent. */
export const command = z.discriminatedUnion('type', [runStep, cancelStep, leave]);
/** See {@link command}. */
export type Command = z.infer<typeof command>;

/** The agent's answer to a command, sent after its journal write. */
export const commandReply = z.discriminatedUnion('type', [
  z.object({ type: z.literal('accepted'), attemptId: z.string(), status: z.enum(['running', 'finished', 'unknown']) }),
  /** The attempt ended within the moment the agent waits before it answers; the same result is not sent as an event. */
  z.object({ type: z.literal('finished'), attemptId: z.string(), result: attemptSummary }),
  z.object({ type: z.literal('refused'), message: z.string() }),
]);
/** See {@link commandReply}. */
export type CommandReply = z.infer<typeof commandReply>;
