import {
  type AttemptSummary,
  type CoordinatorActionName,
  coordinatorActions,
  defined,
  type Failure,
  failureOf,
  type Outputs,
  outputRefsIn,
  type Params,
  type RunStep,
  type Task,
  type TaskResult,
  VhiveError,
} from '@vhive/shared';

/** What an action of the coordinator found or did. */
export interface CoordinatorActionResult<N extends CoordinatorActionName> {
  /** The outputs of the action. They are absent in check mode when they are not known before the action is done. */
  outputs?: Outputs<N>;
  status: 'unchanged' | 'changed' | 'would-change';
  changes?: string[];
}

/** The coordinator's own actions, by name. */
export type CoordinatorActions = {
  [N in CoordinatorActionName]: (
    params: Params<N>,
    context: {
      mode: RunStep['mode'];
      signal: AbortSignal;
      log(text: string): void;
      progress(detail: string): void;
    },
  ) => Promise<CoordinatorActionResult<N>>;
};

/** Hears about the tasks of a step of the coordinator. */
export interface StepObserver {
  log(task: Task, text: string): void;
  progress(task: Task, index: number, status: TaskResult['status'] | 'started', detail?: string): void;
}

/** Runs a step that the coordinator itself executes, in the way in which an agent would. Never throws. */
export async function runCoordinatorStep(
  command: RunStep,
  table: CoordinatorActions,
  observer: StepObserver,
  signal: AbortSignal,
): Promise<AttemptSummary> {
  const startedAt = new Date().toISOString();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(command.timeLimitMs)]);
  const outputs: Record<string, unknown> = {};
  const tasks: TaskResult[] = [];
  let failure: Failure | undefined;
  for (const [index, task] of command.tasks.entries()) {
    if (failure) {
      tasks.push({ id: task.id, action: task.action, status: 'skipped', durationMs: 0 });
      continue;
    }
    const begun = performance.now();
    observer.progress(task, index, 'started');
    const result = { id: task.id, action: task.action };
    try {
      const done = await runTask(table, task, command.mode, limit, {
        log: (text) => observer.log(task, text),
        progress: (detail) => observer.progress(task, index, 'started', detail),
      });
      if (done.outputs !== undefined) outputs[task.id] = done.outputs;
      tasks.push({
        ...result,
        status: done.status,
        durationMs: performance.now() - begun,
        ...(done.changes ? { changes: done.changes } : {}),
      });
    } catch (cause) {
      failure = failureOf(cause);
      observer.log(task, failure.message);
      tasks.push({ ...result, status: 'failed', durationMs: performance.now() - begun, failure });
    }
    observer.progress(task, index, tasks.at(-1)?.status ?? 'failed');
  }
  const { attemptId, runId, stepId } = command;
  const outcome = !failure ? 'ok' : signal.aborted ? 'cancelled' : limit.aborted ? 'timed-out' : 'failed';
  return {
    attemptId,
    runId,
    stepId,
    outcome,
    tasks,
    outputs,
    ...defined({ failure }),
    startedAt,
    finishedAt: new Date().toISOString(),
  };
}

async function runTask(
  table: CoordinatorActions,
  task: Task,
  mode: RunStep['mode'],
  signal: AbortSignal,
  listener: { log(text: string): void; progress(detail: string): void },
): Promise<CoordinatorActionResult<CoordinatorActionName>> {
  const name = task.action as CoordinatorActionName;
  const contract = coordinatorActions[name];
  if (!contract) throw new VhiveError({ code: 'internal', message: `the coordinator has no action "${task.action}"` });
  // The type of the table makes sure that every action has an entry. The type of one entry's parameters cannot be named
  // for any action in general, so it is widened here.
  const action = table[name] as (
    params: unknown,
    context: unknown,
  ) => Promise<CoordinatorActionResult<CoordinatorActionName>>;
  const missing = [...new Set(outputRefsIn(task.params).map((reference) => reference.$output.step))];
  if (missing.length > 0 && mode === 'check')
    return { status: 'would-change', changes: missing.map((step) => `depends on ${step}`) };
  return await action(contract.params.parse(task.params), { mode, signal, ...listener });
}
