import * as z from 'zod';
import { isoTime } from '../names.ts';

/** What became of a task. `would-change` only in check mode; `skipped` after an earlier task of the step failed. */
export const taskStatus = z.enum(['unchanged', 'changed', 'would-change', 'failed', 'skipped']);
/** See {@link taskStatus}. */
export type TaskStatus = z.infer<typeof taskStatus>;

/** Why a task or step failed, for a person. */
export const failure = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  lastLines: z.array(z.string()).optional().describe('The last lines of the command that failed, redacted'),
  permanent: z.boolean().optional().describe('true: trying again cannot help (bad input, refused combination)'),
});
/** See {@link failure}. */
export type Failure = z.infer<typeof failure>;

/** Result of one task. */
export const taskResult = z.object({
  id: z.string(),
  action: z.string(),
  status: taskStatus,
  durationMs: z.number().nonnegative(),
  changes: z.array(z.string()).optional().describe('What changed or would change, one short line each, redacted'),
  failure: failure.optional(),
});
/** See {@link taskResult}. */
export type TaskResult = z.infer<typeof taskResult>;

/** How an attempt ended. interrupted: the agent was killed or restarted in the middle. */
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
    .describe("Outputs by task id, as the action's output schema describes. Never secret in the clear"),
  failure: failure.optional(),
  startedAt: isoTime,
  finishedAt: isoTime,
});
/** See {@link attemptSummary}. */
export type AttemptSummary = z.infer<typeof attemptSummary>;

/** Durable events of an agent. `id` of the envelope is stable, so a repeated message is recognised. */
export const agentEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('attempt.finished'), result: attemptSummary }),
]);
/** See {@link agentEvent}. */
export type AgentEvent = z.infer<typeof agentEvent>;

/** Progress within an attempt: for people watching, may be lost. */
export const progress = z.object({
  type: z.literal('task.progress'),
  runId: z.string(),
  stepId: z.string(),
  attemptId: z.string(),
  taskId: z.string(),
  title: z.string(),
  index: z.number().int().describe('Counting from 0'),
  count: z.number().int(),
  status: z.union([z.literal('started'), taskStatus]),
  detail: z.string().optional().describe('A short free text, such as "120 of 300 MB"'),
});
/** See {@link progress}. */
export type Progress = z.infer<typeof progress>;

/** A batch of output lines of one attempt. */
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
        .describe('stdout and stderr of commands; agent: what the agent itself says about the task'),
      text: z.string().describe('Redacted; cut at 4,096 characters'),
    }),
  ),
});
/** See {@link logBatch}. */
export type LogBatch = z.infer<typeof logBatch>;
