import {
  type AgentEvent,
  type AttemptSummary,
  actions,
  type CommandReply,
  type Failure,
  type RunStep,
  type Task,
  type TaskResult,
} from '@vhive/shared';
import * as z from 'zod';

/** What an executor was asked to do: the identity of the attempt, and the tasks of its step. */
export type Asked = Pick<RunStep, 'runId' | 'stepId' | 'attemptId' | 'mode'> & {
  tasks: readonly Pick<Task, 'id' | 'action'>[];
};

/** Whether something that an executor said is about what it was asked: the same run, step and attempt. */
export function isAbout(
  said: Pick<AttemptSummary, 'runId' | 'stepId' | 'attemptId'>,
  asked: Pick<Asked, 'runId' | 'stepId' | 'attemptId'>,
): boolean {
  return said.runId === asked.runId && said.stepId === asked.stepId && said.attemptId === asked.attemptId;
}

/**
 * Returns the result that a reply to a command carries, as far as it may count: undefined while the attempt goes on. A
 * reply that is about anything else than the command fails the attempt, as the agent cannot be believed.
 */
export function resultInReply(asked: Asked, reply: CommandReply): AttemptSummary | undefined {
  if (reply.type === 'refused')
    return failed(asked, { code: 'refused', message: `the agent refused the step: ${reply.message}`, permanent: true });
  const isOurs = reply.attemptId === asked.attemptId && (reply.type === 'accepted' || isAbout(reply.result, asked));
  if (!isOurs) return failed(asked, invalid('the agent answered for something that it was not asked'));
  return reply.type === 'finished' ? believable(asked, reply.result) : undefined;
}

/**
 * Returns a result as far as it may count: its tasks are those of the step, and its outputs are what the schemas of
 * their actions say and nothing more. A result that claims success without that counts as failed.
 */
export function believable(asked: Asked, result: AgentEvent['result']): AttemptSummary {
  const wrong = wrongTask(asked, result.tasks);
  if (wrong !== undefined) return failed(asked, invalid(wrong), result);
  const isOk = result.outcome === 'ok';
  if (isOk) {
    const open = openTask(asked, result.tasks);
    if (open !== undefined) return failed(asked, invalid(open), result);
  }
  const outputs: AttemptSummary['outputs'] = {};
  for (const task of asked.tasks) {
    const given = result.outputs[task.id];
    // A dry run does not know what an action that it left out would have given.
    if (given === undefined && (asked.mode === 'check' || !isOk)) continue;
    const parsed = outputsOf(task.action).safeParse(given ?? {});
    if (parsed.success) {
      if (given !== undefined) outputs[task.id] = parsed.data as Record<string, unknown>;
    } else if (isOk)
      return failed(
        asked,
        invalid(`the outputs of ${task.id} (${task.action}): ${z.prettifyError(parsed.error)}`),
        result,
      );
  }
  return { ...result, outputs };
}

/** The schema of an action's outputs. An action that this version does not know has none that could be believed. */
function outputsOf(action: string): z.ZodType {
  return Object.hasOwn(actions, action) ? actions[action as keyof typeof actions].outputs : z.never();
}

/** Says which of the reported tasks is none of the step, if there is one. */
function wrongTask(asked: Asked, reported: readonly TaskResult[]): string | undefined {
  const tasks = new Map(asked.tasks.map((task) => [task.id, task.action]));
  for (const { id, action } of reported) {
    if (tasks.get(id) !== action) return `it reports on a task that the step does not have: ${id} (${action})`;
    tasks.delete(id);
  }
  return undefined;
}

/** Says which task of a step that claims to be done is not done, if there is one. */
function openTask({ tasks, mode }: Asked, reported: readonly TaskResult[]): string | undefined {
  const done = mode === 'check' ? ['unchanged', 'would-change'] : ['unchanged', 'changed'];
  const open = tasks.find(({ id }) => !done.includes(reported.find((task) => task.id === id)?.status ?? 'skipped'));
  return open && `it claims success without ${open.id} (${open.action})`;
}

function invalid(what: string): Failure {
  return {
    code: 'invalid-result',
    message: `the result cannot be believed: ${what.slice(0, 1_000)}`,
    hint: 'run the same version of vhive-agent and vhive-coord; if it is the same, look at that host',
    permanent: true,
  };
}

/** Makes the result of an attempt that counts as failed. Its times are those that the agent gave, if it gave any. */
function failed(
  { attemptId, runId, stepId }: Asked,
  failure: Failure,
  times: Partial<Pick<AttemptSummary, 'startedAt' | 'finishedAt'>> = {},
): AttemptSummary {
  const now = new Date().toISOString();
  const { startedAt = now, finishedAt = now } = times;
  return { attemptId, runId, stepId, outcome: 'failed', tasks: [], outputs: {}, failure, startedAt, finishedAt };
}

/** Makes the result of a step whose command could not be sent at all. */
export function unsendableResult(asked: Asked, message: string): AttemptSummary {
  return failed(asked, { code: 'usage', message, permanent: true });
}
