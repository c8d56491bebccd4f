import { orAborted } from '@vhive/base/abort';
import { defined, type Failure, outputRefsIn, type RunStep, type Task, type TaskResult } from '@vhive/shared';
import { type ActionContext, ActionError } from '../actions/kit/action.ts';
import type { ActionTable, ContractTable } from './action-table.ts';
import type { AttemptSignal } from './attempt-signal.ts';
import { failureOf } from './failure.ts';
import type { Redactor } from './redactor.ts';
import { secretsIn } from './secret-params.ts';

/**
 * The list of changes is meant for people, so a task shows at most this many; a last line says how many more there are.
 */
const MAX_CHANGES = 100;
const MAX_CHANGE_LENGTH = 500;
/** After an abort, an action gets this many milliseconds to end by itself. */
const ABORT_GRACE_MS = 10_000;

/** What the tasks of one attempt share. */
export interface TaskEnvironment {
  mode: RunStep['mode'];
  actions: ActionTable;
  contracts: ContractTable;
  redactor: Redactor;
  attempt: AttemptSignal;
}

/** The result of a task and, if it has any, its redacted outputs. */
export interface TaskEnd {
  result: TaskResult;
  outputs: Record<string, unknown> | undefined;
}

/**
 * Runs one task: it checks, applies if that is needed and the mode allows it, and checks again. It never throws.
 * @param lastLines returns the last redacted lines that this task printed; called when the task fails
 */
export async function runTask(
  task: Task,
  environment: TaskEnvironment,
  context: ActionContext,
  lastLines: () => string[],
): Promise<TaskEnd> {
  const { redactor, attempt } = environment;
  const started = performance.now();
  const end = (
    status: TaskResult['status'],
    rest: { changes?: string[]; failure?: Failure; outputs?: unknown } = {},
  ) => {
    const result: TaskResult = {
      id: task.id,
      action: task.action,
      status,
      durationMs: Math.round((performance.now() - started) * 10) / 10,
    };
    if (rest.changes && rest.changes.length > 0) result.changes = cutChanges(rest.changes, redactor);
    if (rest.failure) result.failure = redactor.redactValue(rest.failure) as Failure;
    const outputs = rest.outputs === undefined ? undefined : (redactor.redactValue(rest.outputs) as TaskEnd['outputs']);
    return { result, outputs };
  };

  const contract = environment.contracts[task.action];
  const action = environment.actions[task.action];
  if (!contract || !action)
    return end('failed', {
      failure: {
        code: 'unknown-action',
        message: `this agent has no action "${task.action}"`,
        hint: 'update the agent to the version of the coordinator',
        permanent: true,
      },
    });

  const missing = [...new Set(outputRefsIn(task.params).map((reference) => reference.$output.step))];
  if (missing.length > 0 && environment.mode === 'check')
    return end('would-change', { changes: missing.map((step) => `depends on ${step}`) });

  const parsed = contract.params.safeParse(task.params);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'params'}: ${issue.message}`);
    return end('failed', {
      failure: {
        code: 'invalid-params',
        message: `the params of ${task.action} do not fit its schema: ${fields.join('; ')}`,
        permanent: true,
      },
    });
  }
  const params = parsed.data;
  for (const secret of secretsIn(params)) redactor.register(secret);

  const limitMs = task.timeLimitMs ?? contract.timeLimitMs;
  const clear = attempt.limit(limitMs, `"${task.title}" took longer than ${limitMs / 1000} s`);
  const perform = async (): Promise<TaskEnd> => {
    if (contract.trial) {
      if (environment.mode === 'check') return end('unchanged', { outputs: contract.outputs.parse({}) });
      return end('unchanged', { outputs: contract.outputs.parse((await action.apply(params, context)) ?? {}) });
    }
    const before = await action.check(params, context);
    if (before.converged) return end('unchanged', { outputs: contract.outputs.parse(before.outputs) });
    if (environment.mode === 'check') return end('would-change', { changes: before.changes });
    attempt.signal.throwIfAborted();
    const applied = await action.apply(params, context);
    attempt.signal.throwIfAborted();
    const after = await action.check(params, context, applied);
    if (!after.converged)
      throw new ActionError({
        code: 'not-converged',
        message: `applying the action did not bring it about: ${after.changes.join('; ') || 'the action does not say what'}`,
      });
    const outputs = contract.outputs.parse(after.outputs);
    if (contract.onlyWaits) return end('unchanged', { outputs });
    return end('changed', { changes: before.changes, outputs });
  };
  try {
    // An action that ignores its signal must not hold the step for ever.
    return await orAborted(perform(), attempt.signal, ABORT_GRACE_MS);
  } catch (error) {
    if (!attempt.signal.aborted) return end('failed', { failure: failureOf(error, lastLines()) });
    // After an abort, whatever breaks does so because of the abort. The failure tells the first cause, with what the
    // action itself says in addition.
    return end('failed', { failure: explained(failureOf(attempt.signal.reason, lastLines()), error) });
  } finally {
    clear();
  }
}

/** The failure of a task that was ended early: its cause, with what the action says stood in its way. */
function explained(cause: Failure, error: unknown): Failure {
  if (!(error instanceof ActionError) || error.failure.message === cause.message) return cause;
  const { message, hint, lastLines } = error.failure;
  return {
    ...cause,
    message: `${cause.message}: ${message}`,
    ...defined({ hint, lastLines }),
  };
}

function cutChanges(changes: string[], redactor: Redactor): string[] {
  const shown = changes.slice(0, MAX_CHANGES).map((change) => {
    const text = redactor.redact(change);
    return text.length > MAX_CHANGE_LENGTH ? `${text.slice(0, MAX_CHANGE_LENGTH - 1)}…` : text;
  });
  return changes.length > MAX_CHANGES ? [...shown, `and ${changes.length - MAX_CHANGES} more`] : shown;
}
