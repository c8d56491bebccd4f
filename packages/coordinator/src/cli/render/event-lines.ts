import type { Failure, Progress, RunEvent, RunEventOf, RunView, StepView } from '@vhive/shared';
import { clockText, describeDuration } from '../duration.ts';
import { alike } from '../follow/causes.ts';
import type { StepBrief } from '../follow/followed-run.ts';
import { taskCounts } from '../follow/run-report.ts';
import { answerOf, answerText } from './noteworthy.ts';
import { whereStepRuns } from './waits/where-step-runs.ts';

/** A line of plain output, and how it is to be set off. */
export interface EventLine {
  text: string;
  tone: 'info' | 'good' | 'warn' | 'bad';
}

/** What a line needs to know of the run as it stands after the event. */
export interface EventContext {
  mode: RunView['mode'];
  /** What the run does, where it is a job. */
  job?: string | undefined;
  step(id: string): StepBrief | undefined;
  /** The nodes that this event made the run give up. */
  givenUp: readonly { node: string; failure: Failure }[];
  /** The phases of the plan. */
  phases: readonly string[];
}

/** The failures that were told already, in the form in which they are {@link alike}. */
export type ToldFailures = Set<string>;

/**
 * Writes what a run event means to a person. An event of no interest has no line. What was `told` of one node is not
 * said again of the next.
 */
export function eventLines(event: RunEvent, context: EventContext, told: ToldFailures = new Set()): EventLine[] {
  const lost = context.givenUp.flatMap(({ failure: { message, hint } }) => failureText(message, hint));
  return [...ownLines(event, context, told), ...lost];
}

function ownLines(event: RunEvent, context: EventContext, told: ToldFailures): EventLine[] {
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
      return step ? finishedLines(step, event, context.mode, told) : [];
    }
    case 'node.unreachable':
      return [
        warn(`${event.node} is unreachable (last seen ${clockText(new Date(event.lastSeen))}); what it does goes on`),
      ];
    case 'node.reachable':
      return [{ text: `${event.node} is reachable again`, tone: 'good' }];
    case 'node.removed':
      return [warn(`${event.node} was removed by the operator`)];
    case 'run.cancelled':
      return [warn(`the run was cancelled: ${event.reason}`)];
    case 'run.resumed':
      return [info(`the run goes on${limitCounts(event)}`)];
    case 'run.retried':
      return [info(`trying again: ${event.nodes.length === 0 ? 'all failed steps' : event.nodes.join(', ')}`)];
    case 'run.finished':
      return [{ text: endText(event, context), tone: event.outcome === 'ready' ? 'good' : 'bad' }];
    case 'time.passed':
      return [];
  }
}

function limitCounts({ timeoutMs, spentMs = 0 }: RunEventOf<'run.resumed'>): string {
  if (timeoutMs === undefined) return '';
  return `; its time limit of ${describeDuration((timeoutMs + spentMs) / 1000)} counts from now, not from its beginning`;
}

function createdLines({ at, runId, mode, plan, job }: RunEventOf<'run.created'>): EventLine[] {
  if (job !== undefined) return [info(`job ${runId}: ${job}, begun ${at.slice(0, 19)}Z`)];
  const nodes = plan.nodes.length === 1 ? '1 node' : `${plan.nodes.length} nodes`;
  return [
    info(
      `${mode === 'check' ? 'dry run' : 'run'} ${runId}: ${nodes}, master ${plan.controlPlane}, begun ${at.slice(0, 19)}Z`,
    ),
    info(`phases: ${plan.phases.map(({ name }) => name).join(', ')}`),
  ];
}

/** Writes how a run ended. It is called ready only when it went as far as that. */
function endText({ outcome }: RunEventOf<'run.finished'>, { mode, job, phases }: EventContext): string {
  if (outcome !== 'ready') return `the run has ended: ${outcome}`;
  if (job !== undefined) return 'the job is done';
  if (mode === 'check') return 'the dry run has ended: preflight does not refuse';
  return phases.includes('ready') ? 'the run has ended: ready' : `the run has ended: done as far as ${phases.at(-1)}`;
}

function finishedLines(
  step: StepBrief,
  { result }: RunEventOf<'attempt.finished'>,
  mode: RunView['mode'],
  told: ToldFailures,
): EventLine[] {
  const took = describeDuration(Math.max(0, Date.parse(result.finishedAt) - Date.parse(result.startedAt)) / 1000);
  const where = whereStepRuns(step);
  if (result.outcome === 'ok') {
    const { changed, unchanged } = taskCounts([result]);
    const change = mode === 'check' ? 'would change' : 'changed';
    const answer = answerOf(result);
    return [
      { text: `${where} done in ${took}: ${changed} ${change}, ${unchanged} unchanged`, tone: 'good' },
      ...(answer === undefined ? [] : [{ text: answerText(answer), tone: 'good' as const }]),
    ];
  }
  const isOver = step.status === 'failed' || step.status === 'skipped' || step.status === 'done';
  // It was told to stop because of something else, which is told.
  if (isOver && result.outcome === 'cancelled') return [];
  const { message = 'no cause recorded', hint } = result.failure ?? {};
  if (!isOver)
    return [warn(`${where} ${result.outcome} after ${took}: ${message.trim()}`), warn(`${where} ${againText(step)}`)];
  // The report, which comes at once, tells everything that preflight refuses.
  if (step.phase === 'preflight') return [bad(`${where} refuses`)];
  const key = alike(`${step.phase} ${message} ${hint}`, step.node);
  if (told.has(key)) return [bad(`${where} ${result.outcome} after ${took}, for the same reason`)];
  told.add(key);
  return failureText(`${where} ${result.outcome} after ${took}: ${message.trim()}`, hint);
}

function failureText(text: string, hint: string | undefined): EventLine[] {
  return [bad(text), ...(hint === undefined ? [] : [bad(`hint: ${hint}`)])];
}

/** Says when a step is tried again, and how often still. */
function againText({ nextAttemptAt, attemptsLeft }: Pick<StepView, 'nextAttemptAt' | 'attemptsLeft'>): string {
  if (nextAttemptAt === undefined) return 'is tried again at once';
  const left = attemptsLeft === undefined || attemptsLeft < 1 ? '' : ` (attempts left: ${attemptsLeft})`;
  return `is tried again at ${clockText(new Date(nextAttemptAt))}${left}`;
}

/** Writes a line on what has been running for longest, for output that does not move. */
export function stillRunning(view: RunView, progress: ReadonlyMap<string, Progress>, now: Date): EventLine | undefined {
  const running = view.steps
    .filter((step) => step.status === 'running')
    .toSorted((a, b) => begun(a).localeCompare(begun(b)));
  const oldest = running[0];
  if (!oldest) return waitingForNext(view);
  const { title, detail, waiting } = progress.get(oldest.id) ?? {};
  const why = waiting?.[0] ?? detail;
  const doing = title === undefined ? '' : `: ${title}${why === undefined ? '' : ` (${why})`}`;
  const limit = oldest.attemptEndsBy === undefined ? '' : ` until ${clockText(new Date(oldest.attemptEndsBy))} at most`;
  const others = running.length > 1 ? `; ${running.length - 1} more steps run` : '';
  const since = describeDuration(Math.max(0, now.getTime() - Date.parse(begun(oldest))) / 1000);
  return info(`still running: ${whereStepRuns(oldest)}${doing}, for ${since},${limit}${others}`.replace(/,$/, ''));
}

function begun({ attemptStartedAt, startedAt = '' }: RunView['steps'][number]): string {
  return attemptStartedAt ?? startedAt;
}

/** Writes what is tried again next, for a time at which nothing runs. */
function waitingForNext({ steps }: RunView): EventLine | undefined {
  const next = steps
    .filter(({ nextAttemptAt }) => nextAttemptAt !== undefined)
    .toSorted((a, b) => (a.nextAttemptAt ?? '').localeCompare(b.nextAttemptAt ?? ''))[0];
  return next && info(`waiting: ${whereStepRuns(next)} ${againText(next)}`);
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
