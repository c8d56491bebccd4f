import { COORDINATOR, type RunEvent, type RunEventOf, type RunView } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import type { StepBrief } from '../follow/followed-run.ts';
import { secondsOf, taskCounts } from '../follow/run-report.ts';
import { answerOf, answerText, warningsOf, warningText } from './noteworthy.ts';

/** A line of plain output, and how it is to be set off. */
export interface EventLine {
  text: string;
  tone: 'info' | 'good' | 'warn' | 'bad';
}

/** What a line needs to know of the run as it stands after the event. */
export interface EventContext {
  mode: RunView['mode'];
  step(id: string): StepBrief | undefined;
}

/** Writes what a run event means to a person. An event of no interest has no line. */
export function eventLines(event: RunEvent, context: EventContext): EventLine[] {
  switch (event.type) {
    case 'run.created':
      return createdLines(event);
    case 'attempt.dispatched': {
      const step = context.step(event.stepId);
      const attempt = event.number > 1 ? ` (attempt ${event.number})` : '';
      return step ? [info(`${whereStepRuns(step)} started${attempt}`)] : [];
    }
    case 'attempt.finished': {
      const step = context.step(event.result.stepId);
      return step ? finishedLines(step, event, context.mode) : [];
    }
    case 'node.unreachable':
      return [warn(`${event.node} is unreachable (last seen ${event.lastSeen}); what it does goes on`)];
    case 'node.reachable':
      return [{ text: `${event.node} is reachable again`, tone: 'good' }];
    case 'node.removed':
      return [warn(`${event.node} was removed by the operator`)];
    case 'run.cancelled':
      return [warn(`the run was cancelled: ${event.reason}`)];
    case 'run.retried':
      return [info(`trying again: ${event.nodes.length === 0 ? 'all failed steps' : event.nodes.join(', ')}`)];
    case 'run.finished':
      return [{ text: `the run has ended: ${event.outcome}`, tone: event.outcome === 'ready' ? 'good' : 'bad' }];
    case 'time.passed':
      return [];
  }
}

function createdLines({ runId, mode, plan }: RunEventOf<'run.created'>): EventLine[] {
  const nodes = plan.nodes.length === 1 ? '1 node' : `${plan.nodes.length} nodes`;
  return [
    info(`${mode === 'check' ? 'dry run' : 'run'} ${runId}: ${nodes}, master ${plan.controlPlane}`),
    info(`phases: ${plan.phases.map(({ name }) => name).join(', ')}`),
  ];
}

function finishedLines(
  step: StepBrief,
  { result }: RunEventOf<'attempt.finished'>,
  mode: RunView['mode'],
): EventLine[] {
  const took = describeDuration((Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1000);
  if (result.outcome === 'ok') {
    const { changed, unchanged } = taskCounts([result]);
    const change = mode === 'check' ? 'would change' : 'changed';
    const answer = answerOf(result);
    return [
      ...warningsOf(result).map((finding) =>
        warn(`${step.node === COORDINATOR ? '' : `${step.node}: `}${warningText(finding)}`),
      ),
      { text: `${whereStepRuns(step)} done in ${took}: ${changed} ${change}, ${unchanged} unchanged`, tone: 'good' },
      ...(answer === undefined ? [] : [{ text: answerText(answer), tone: 'good' as const }]),
    ];
  }
  const given = step.status === 'failed' || step.status === 'skipped' || step.status === 'done';
  const cause = result.failure?.message.trim() ?? 'no cause recorded';
  const text = `${whereStepRuns(step)} ${result.outcome} after ${took}: ${cause}`;
  if (!given) return [warn(text), warn(`${whereStepRuns(step)} will be tried again`)];
  const hint = result.failure?.hint;
  return [bad(text), ...(hint === undefined ? [] : [bad(`hint: ${hint}`)])];
}

/** Writes where a step runs: `node2 runtime`, and for which other node where one node acts for another. */
function whereStepRuns(step: { phase: string; node: string; executor: string; title?: string }): string {
  const name = step.executor === COORDINATOR ? 'coordinator' : step.executor;
  const forNode = step.node === step.executor ? '' : ` for ${step.node}`;
  const title = step.title === undefined ? '' : ` (${step.title})`;
  return `${name} ${step.phase}${forNode}${title}`;
}

/** Writes a line on what has been running for longest, for output that does not move. */
export function stillRunning(view: RunView, now: Date): EventLine | undefined {
  const running = view.steps
    .filter((step) => step.status === 'running')
    .toSorted((a, b) => (a.startedAt ?? '').localeCompare(b.startedAt ?? ''));
  const oldest = running[0];
  if (!oldest) return undefined;
  const others = running.length > 1 ? ` and ${running.length - 1} more` : '';
  return info(`still running: ${whereStepRuns(oldest)}${others} (${describeDuration(secondsOf([oldest], now) ?? 0)})`);
}

function info(text: string): EventLine {
  return { text, tone: 'info' };
}
function warn(text: string): EventLine {
  return { text, tone: 'warn' };
}
function bad(text: string): EventLine {
  return { text, tone: 'bad' };
}
