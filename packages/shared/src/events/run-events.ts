import * as z from 'zod';
import { executorName, isoTime, nodeName, runId } from '../names.ts';
import { plan } from '../plan.ts';
import { attemptSummary } from '../wire/results.ts';

const at = isoTime;

/**
 * The events of a run: all the scheduler ever sees, in order, and all that is stored. State is their fold; resume is
 * their replay. `at` is the only clock the scheduler knows.
 */
export const runEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run.created'),
    at,
    runId,
    plan,
    mode: z.enum(['apply', 'check']),
    inputHash: z
      .string()
      .describe(
        'SHA-256 of the resolved cluster configuration and node list: tells whether a later `up` resumes this run',
      ),
    giveUpAfterMs: z
      .number()
      .int()
      .positive()
      .describe('A node without a sign of life for this long is given up, milliseconds'),
    timeoutMs: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('The whole run, milliseconds from `at`; absent: no limit'),
  }),
  /** Written before the command is sent. */
  z.object({
    type: z.literal('attempt.dispatched'),
    at,
    stepId: z.string(),
    attemptId: z.string(),
    number: z.number().int(),
  }),
  /** jitter: random in [0, 1), drawn by the runner so that replay is exact. */
  z.object({ type: z.literal('attempt.finished'), at, result: attemptSummary, jitter: z.number().min(0).max(1) }),
  z.object({ type: z.literal('node.unreachable'), at, node: nodeName, lastSeen: isoTime }),
  z.object({ type: z.literal('node.reachable'), at, node: nodeName }),
  /** The operator removed the node while the run was under way. */
  z.object({ type: z.literal('node.removed'), at, node: nodeName }),
  /** Stored only when the scheduler had asked to be woken. */
  z.object({ type: z.literal('time.passed'), at }),
  z.object({ type: z.literal('run.cancelled'), at, reason: z.string() }),
  /** The operator asked for failed steps to be tried again; nodes: only these (empty: all). */
  z.object({ type: z.literal('run.retried'), at, nodes: z.array(executorName) }),
  z.object({
    type: z.literal('run.finished'),
    at,
    outcome: z.enum(['ready', 'refused', 'failed', 'timed-out', 'cancelled']),
  }),
]);
/** See {@link runEvent}. */
export type RunEvent = z.infer<typeof runEvent>;
/** An event of one type. */
export type RunEventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
