import * as z from 'zod';
import { runBasis } from '../cluster-settings.ts';
import { executorName, isoTime, nodeName, runId } from '../names.ts';
import { plan } from '../plan.ts';
import { attemptSummary } from '../wire/results.ts';

const at = isoTime;

/** What a job does, which is a run that agents are asked for once and that is no part of bringing up a cluster. */
export const jobTitle = z
  .string()
  .describe('What agents were asked to do once, in one line; absent where the run brings up the cluster');

/**
 * The events of a run, which are all that the scheduler ever sees, in order, and all that is stored. The state of a run
 * is their fold, and a run is resumed by replaying them. `at` is the only clock that the scheduler knows.
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
        'The SHA-256 of the resolved cluster configuration and the list of nodes, which tells whether a later `up` resumes this run',
      ),
    giveUpAfterMs: z
      .number()
      .int()
      .positive()
      .describe('How long a node may give no sign of life before it is given up, in milliseconds'),
    timeoutMs: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('The time limit of the whole run from `at` on, in milliseconds; absent where there is none'),
    spentMs: z
      .number()
      .int()
      .nonnegative()
      .optional()
      .describe('How much of the time limit that was asked for had passed before `at`, in milliseconds'),
    basis: runBasis.optional().describe('What the run goes by; runs of older versions have none'),
    job: jobTitle.optional(),
  }),
  /** This event is written before the command is sent. */
  z.object({
    type: z.literal('attempt.dispatched'),
    at,
    stepId: z.string(),
    attemptId: z.string(),
    number: z.number().int(),
  }),
  /** The jitter is a random number in [0, 1), which the runner draws so that a replay gives exactly the same. */
  z.object({ type: z.literal('attempt.finished'), at, result: attemptSummary, jitter: z.number().min(0).max(1) }),
  z.object({ type: z.literal('node.unreachable'), at, node: nodeName, lastSeen: isoTime }),
  z.object({ type: z.literal('node.reachable'), at, node: nodeName }),
  /** The operator removed the node while the run was under way. */
  z.object({ type: z.literal('node.removed'), at, node: nodeName }),
  /** This event is stored only when the scheduler had asked to be woken. */
  z.object({ type: z.literal('time.passed'), at }),
  z.object({ type: z.literal('run.cancelled'), at, reason: z.string() }),
  /** A command took up the run again after it had stood still. Its time limit counts from here. */
  z.object({
    type: z.literal('run.resumed'),
    at,
    timeoutMs: z.number().int().positive().optional().describe('As in `run.created`'),
    spentMs: z.number().int().nonnegative().optional().describe('As in `run.created`'),
  }),
  /** The operator asked for failed steps to be tried again, on these nodes only; an empty list means all nodes. */
  z.object({ type: z.literal('run.retried'), at, nodes: z.array(executorName) }),
  z.object({
    type: z.literal('run.finished'),
    at,
    outcome: z.enum(['ready', 'refused', 'failed', 'timed-out', 'cancelled']),
  }),
]);
/** See {@link runEvent}. */
export type RunEvent = z.infer<typeof runEvent>;
/** The event of one type. */
export type RunEventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
