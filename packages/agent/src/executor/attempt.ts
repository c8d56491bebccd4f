import { type AttemptSummary, defined, type Failure, type RunStep, type Task, type TaskResult } from '@vhive/shared';
import type { ActionContext } from '../actions/kit/action.ts';
import type { Host } from '../host/host.ts';
import type { ActionTable, ContractTable } from './action-table.ts';
import type { AttemptSignal } from './attempt-signal.ts';
import type { Downloads, Publisher, Records, Secrets, Uploads } from './ports.ts';
import type { Redactor } from './redactor.ts';
import { shownReasons } from './shown-reasons.ts';
import { createStepLog, type StepLog } from './step-log.ts';
import { createTaskProgress } from './task-progress.ts';
import { runTask } from './task-runner.ts';

/** A failure carries at most this many of the last lines that the failed command printed. */
const LAST_LINES = 20;
const MAX_LAST_LINE_LENGTH = 500;

/** Everything that an attempt works with. */
export interface AttemptEnvironment {
  host: Host;
  actions: ActionTable;
  contracts: ContractTable;
  publisher: Publisher;
  secrets: Secrets;
  downloads: Downloads;
  uploads: Uploads;
  records: Records;
  clockOffsetMs(): number | null;
  redactor: Redactor;
  /** A task that ends within this many milliseconds sends no progress. */
  quietMs: number;
}

/**
 * Runs the tasks of a step in order. After a task has failed, the remaining ones are skipped. It never throws: a
 * failure is part of the summary.
 */
export async function runAttempt(
  command: RunStep,
  attempt: AttemptSignal,
  environment: AttemptEnvironment,
): Promise<AttemptSummary> {
  const startedAt = new Date().toISOString();
  const { runId, stepId, attemptId, phase } = command;
  const log = createStepLog({ runId, stepId, phase, attemptId }, environment.publisher);
  attempt.limit(command.timeLimitMs, `the step took longer than ${command.timeLimitMs / 1000} s`);

  const tasks: TaskResult[] = [];
  const outputs: Record<string, unknown> = {};
  let failure: Failure | undefined;
  for (const [index, task] of command.tasks.entries()) {
    if (failure || attempt.signal.aborted) {
      tasks.push({ id: task.id, action: task.action, status: 'skipped', durationMs: 0 });
      continue;
    }
    const progress = createTaskProgress(
      { runId, stepId, attemptId, taskId: task.id, title: task.title, index, count: command.tasks.length },
      (message) => environment.publisher.progress(message),
      environment.quietMs,
    );
    progress.started();
    const output = createTaskOutput(task, log, environment.redactor);
    const { redactor } = environment;
    const context = createContext(environment, attempt.signal, output, {
      patience: task.patience ?? 1,
      progress: (text, load) => progress.detail(redactor.redact(text), load),
      waiting: (reasons) => progress.waiting(shownReasons(reasons.map(redactor.redact))),
    });
    const { result, outputs: own } = await runTask(
      task,
      { ...environment, mode: command.mode, attempt },
      context,
      output.lastLines,
    );
    progress.finished(result.status);
    describe(result, task, log);
    tasks.push(result);
    if (own && Object.keys(own).length > 0) outputs[task.id] = own;
    if (result.failure) failure = { ...result.failure, task: task.title };
  }
  attempt.dispose();
  void log.end();

  const cause = attempt.cause();
  // An abort that came only after the last task had ended did not change the outcome.
  const cut = cause !== undefined && tasks.some((task) => task.status === 'failed' || task.status === 'skipped');
  if (cut && !failure) failure = { code: cause.outcome, message: cause.message };
  return {
    attemptId,
    runId,
    stepId,
    outcome: cut ? cause.outcome : failure ? 'failed' : 'ok',
    tasks,
    outputs,
    ...defined({ failure }),
    startedAt,
    finishedAt: new Date().toISOString(),
  };
}

interface TaskOutput {
  line(stream: 'stdout' | 'stderr' | 'agent', text: string): void;
  lastLines(): string[];
}

/** Redacts what a task prints, sends it to the step's log, and remembers the last lines that its commands printed. */
function createTaskOutput(task: Task, log: StepLog, redactor: Redactor): TaskOutput {
  const redactLine = { stdout: redactor.lines(), stderr: redactor.lines(), agent: redactor.lines() };
  const last: string[] = [];
  return {
    line(stream, text) {
      const redacted = redactLine[stream](text);
      log.write(task.id, stream, redacted);
      if (stream === 'agent') return;
      last.push(redacted.slice(0, MAX_LAST_LINE_LENGTH));
      if (last.length > LAST_LINES) last.shift();
    },
    lastLines: () => [...last],
  };
}

function createContext(
  environment: AttemptEnvironment,
  signal: AbortSignal,
  output: TaskOutput,
  ofTask: Pick<ActionContext, 'patience' | 'progress' | 'waiting'>,
): ActionContext {
  const { host, secrets, downloads, uploads, records, redactor } = environment;
  const { progress } = ofTask;
  return {
    host,
    signal,
    log: (text) => output.line('agent', text),
    ...ofTask,
    streamed: { signal, onLine: output.line },
    download: (artifact, path, attributes) =>
      downloads.download(artifact, host.localPath(path), { ...attributes, signal, progress }),
    has: (sha256) => uploads.has(sha256, { signal }),
    upload: (artifact, path) => uploads.upload(artifact, host.localPath(path), { signal, progress }),
    seal(recipient, secret) {
      redactor.register(secret);
      return secrets.seal(recipient, secret);
    },
    open(sealed) {
      const secret = secrets.open(sealed);
      redactor.register(secret);
      return secret;
    },
    redact: (secret) => redactor.register(secret),
    records,
    clockOffsetMs: environment.clockOffsetMs,
  };
}

/**
 * Writes into the step's log how a task ended, with its changes and its failure. Nothing is written about a task that
 * found nothing to change.
 */
function describe(result: TaskResult, task: Task, log: StepLog) {
  if (result.status === 'unchanged') return;
  log.write(task.id, 'agent', `${task.title}: ${result.status}`);
  for (const change of result.changes ?? []) log.write(task.id, 'agent', `  ${change}`);
  if (result.failure) log.write(task.id, 'agent', `  ${result.failure.message}`);
}
