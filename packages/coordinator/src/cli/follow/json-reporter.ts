import { attemptNumberOf } from '@vhive/core/scheduler/index';
import { defined, type Progress, type RunEvent } from '@vhive/shared';
import type { CliIo } from '../io.ts';
import { warningsOf, warningText } from '../render/noteworthy.ts';
import { nodesBy, type WaitingModel } from '../render/waiting-lines.ts';
import type { FollowedRun, StepBrief } from './followed-run.ts';
import type { Reporter } from './reporter.ts';
import { taskCounts } from './run-report.ts';

/** Makes a reporter that writes JSON lines to standard output, while `text` tells people the same on standard error. */
export function jsonReporter(io: CliIo, text: Reporter): Reporter {
  let said = '';
  let resumed = false;
  /** The tasks that were told to have begun, by attempt. */
  const begun = new Map<string, string>();
  const reasons = new Map<string, string>();
  const progressLines = (progress: Progress, step: StepBrief) => {
    const { stepId, status } = progress;
    const task = `${progress.attemptId} ${progress.taskId}`;
    if (begun.get(stepId) !== task) {
      if (status === 'started') io.line(startedLine(progress, step));
      begun.set(stepId, task);
      // Another task or attempt is to say its reasons again, even if they are the same.
      reasons.delete(stepId);
    }
    const line = reasonsLine(progress, step);
    if ((reasons.get(stepId) ?? '') === line.reasons.join('\n')) return;
    reasons.set(stepId, line.reasons.join('\n'));
    io.line(line);
  };
  return {
    message(message, level = 'info') {
      io.line({ type: 'message', level, text: message });
      text.message(message, level);
    },
    waiting(model) {
      const line = waitingLine(model);
      const now = JSON.stringify(line);
      if (now !== said) io.line(line);
      said = now;
      text.waiting(model);
    },
    started(run) {
      resumed = run.resumed;
      text.started(run);
    },
    nodes(nodes) {
      io.line({ type: 'nodes', nodes: [...nodes] });
      text.nodes(nodes);
    },
    event(event, run) {
      if (event.type === 'run.created')
        io.line({ type: 'plan', runId: event.runId, resumed, mode: event.mode, plan: event.plan });
      stepLines(io, event, run);
      text.event(event, run);
    },
    progress(progress, run) {
      const step = run.step(progress.stepId);
      if (step) progressLines(progress, step);
      text.progress(progress, run);
    },
    close: () => text.close(),
  };
}

function waitingLine(model: WaitingModel) {
  return {
    type: 'waiting' as const,
    expected: model.expected,
    reachable: nodesBy(model.nodes, 'reachable'),
    unreachable: nodesBy(model.nodes, 'unreachable'),
    pending: nodesBy(model.nodes, 'pending'),
    ...defined({ applicants: model.applicants?.length ? [...model.applicants] : undefined }),
    command: model.command,
  };
}

function stepLines(io: CliIo, event: RunEvent, run: FollowedRun): void {
  if (event.type !== 'attempt.dispatched' && event.type !== 'attempt.finished') return;
  const stepId = event.type === 'attempt.dispatched' ? event.stepId : event.result.stepId;
  const step = run.step(stepId);
  if (!step) return;
  const { phase, node, status } = step;
  const head = { runId: run.runId, step: stepId, phase, node };
  if (event.type === 'attempt.dispatched') {
    io.line({ type: 'step', ...head, status, attempt: event.number, seconds: null, changed: 0, unchanged: 0 });
    return;
  }
  const { result } = event;
  for (const finding of warningsOf(result))
    io.line({ type: 'message', level: 'warning', text: `${node}: ${warningText(finding)}` });
  for (const task of result.tasks) {
    const title = run.taskTitle(stepId, task.id);
    io.line({
      type: 'task',
      ...head,
      task: task.id,
      status: task.status,
      seconds: task.durationMs / 1000,
      ...defined({ title, changes: task.changes, failure: task.failure }),
    });
  }
  const seconds = Math.max(0, Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1000;
  const failure = result.failure === undefined ? {} : { failure: result.failure };
  // The number comes from the attempt's id and not from the step, which may have begun its next attempt after an
  // interrupted one.
  const attempt = attemptNumberOf(result.attemptId);
  io.line({ type: 'step', ...head, status, attempt, seconds, ...taskCounts([result]), ...failure });
}

function startedLine(progress: Progress, step: StepBrief) {
  return { type: 'task' as const, ...taskOf(progress, step), status: 'started' as const };
}

function reasonsLine(progress: Progress, step: StepBrief) {
  return { type: 'reasons' as const, ...taskOf(progress, step), reasons: progress.waiting ?? [] };
}

function taskOf({ runId, stepId, taskId, title }: Progress, { phase, node }: StepBrief) {
  return { runId, step: stepId, phase, node, task: taskId, title };
}
