import * as z from 'zod';
import { loadProgress } from '../load/totals.ts';
import { isoTime } from '../names.ts';

/**
 * How a task ended. `would-change` occurs only in check mode, and `skipped` after an earlier task of the step failed.
 */
export const taskStatus = z.enum(['unchanged', 'changed', 'would-change', 'failed', 'skipped']);
/** See {@link taskStatus}. */
export type TaskStatus = z.infer<typeof taskStatus>;

/** The reason why a task or step failed, for a person. */
export const failure = z.object({
  code: z.string(),
  message: z.string(),
  task: z.string().optional().describe('What was to be brought about: the title of the task that failed'),
  hint: z.string().optional(),
  lastLines: z.array(z.string()).optional().describe('The last lines that the failed command printed, redacted'),
  permanent: z
    .boolean()
    .optional()
    .describe('Whether trying again cannot help, as with bad input or a refused combination'),
});
/** See {@link failure}. */
export type Failure = z.infer<typeof failure>;

/** The result of one task. */
export const taskResult = z.object({
  id: z.string(),
  action: z.string(),
  status: taskStatus,
  durationMs: z.number().nonnegative(),
  changes: z
    .array(z.string())
    .optional()
    .describe('The changes that were or would be made, redacted, in one short line each'),
  failure: failure.optional(),
});
/** See {@link taskResult}. */
export type TaskResult = z.infer<typeof taskResult>;

/** How an attempt ended. It is interrupted when the agent was killed or restarted in the middle of it. */
const attemptOutcome = z.enum(['ok', 'failed', 'interrupted', 'cancelled', 'timed-out']);

/** The whole result of an attempt. */
export const attemptSummary = z.object({
  attemptId: z.string(),
  runId: z.string(),
  stepId: z.string(),
  outcome: attemptOutcome,
  tasks: z.array(taskResult),
  outputs: z
    .record(z.string(), z.unknown())
    .describe('The outputs by task id, as the schemas of the actions describe them. They hold no secret in the clear'),
  failure: failure.optional(),
  startedAt: isoTime,
  finishedAt: isoTime,
});
/** See {@link attemptSummary}. */
export type AttemptSummary = z.infer<typeof attemptSummary>;

/**
 * The durable events of an agent. The `id` of their envelope stays the same, so that a repeated message is recognised.
 */
export const agentEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('attempt.finished'), result: attemptSummary }),
]);
/** See {@link agentEvent}. */
export type AgentEvent = z.infer<typeof agentEvent>;

/** At most this many reasons are told of a wait, each of at most so many characters. */
export const REASONS = { most: 8, length: 400 } as const;

/** Why something that is waited for is not there yet, one printable line for each reason, the most telling first. */
export const reasons = z.array(z.string().max(REASONS.length)).max(REASONS.most);

/** The progress within an attempt, for people who watch. These messages may be lost. */
export const progress = z.object({
  type: z.literal('task.progress'),
  runId: z.string(),
  stepId: z.string(),
  attemptId: z.string(),
  taskId: z.string(),
  title: z.string(),
  index: z.number().int().describe('The index of the task in its step, counted from 0'),
  count: z.number().int(),
  status: z.union([z.literal('started'), taskStatus]),
  detail: z.string().optional().describe('A short free text, such as "120 of 300 MB"'),
  waiting: reasons
    .optional()
    .describe('Why what the task waits for is not there yet; absent while it does not wait. Older agents never say it'),
  load: loadProgress.optional().describe('How a load goes that the task sends'),
});
/** See {@link progress}. */
export type Progress = z.infer<typeof progress>;

/** A batch of lines of output of one attempt. */
export const logBatch = z.object({
  type: z.literal('log'),
  runId: z.string(),
  stepId: z.string(),
  phase: z.string(),
  attemptId: z.string(),
  lines: z.array(
    z.object({
      at: isoTime,
      taskId: z.string(),
      stream: z
        .enum(['stdout', 'stderr', 'agent'])
        .describe(
          'Where the line comes from: stdout or stderr of a command, or the agent itself, which says something about the task',
        ),
      text: z.string().describe('The line, redacted and cut at 4,096 characters'),
    }),
  ),
});
/** See {@link logBatch}. */
export type LogBatch = z.infer<typeof logBatch>;
