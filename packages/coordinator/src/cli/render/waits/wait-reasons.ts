import { type Progress, printable, type RunView, type StepView } from '@vhive/shared';
import { alike } from '../../follow/causes.ts';
import { wrapped } from '../text-width.ts';
import { whereStepRuns } from './where-step-runs.ts';

/** Running steps that wait for the same reasons. */
export interface Wait {
  /** The step that has run for longest. */
  step: Pick<StepView, 'id' | 'phase' | 'node' | 'executor' | 'title' | 'attempts'>;
  /** How many further steps wait for the same. */
  others: number;
  /** What the step waits for: the title of its task, if it is known. */
  title?: string | undefined;
  reasons: readonly string[];
}

const begun = ({ attemptStartedAt, startedAt = '' }: StepView) => attemptStartedAt ?? startedAt;

/** Gathers what running steps wait for, the longest first. Steps of several nodes with the same reasons are one wait. */
export function waitsOf(steps: readonly StepView[], progress: ReadonlyMap<string, Progress> = new Map()): Wait[] {
  const waiting = steps
    .filter((step) => step.status === 'running')
    .map((step) => ({ step, said: progress.get(step.id) }))
    .map(({ step, said }) => ({ step, title: said?.title, reasons: said?.waiting ?? step.waiting ?? [] }))
    .filter(({ reasons }) => reasons.length > 0)
    .toSorted((a, b) => begun(a.step).localeCompare(begun(b.step)));
  const same = Map.groupBy(waiting, ({ step, reasons }) => `${step.phase} ${alike(reasons.join('\n'), step.node)}`);
  return [...same.values()].flatMap(([first, ...others]) => (first ? [{ ...first, others: others.length }] : []));
}

/** Writes what waits: `node1 istio waits (istio-system/istiod is available):`. */
export function waitHead({ step, title, others }: Wait): string {
  const more = others === 0 ? '' : ` and ${others} more`;
  return `${whereStepRuns(step)}${more} ${others === 0 ? 'waits' : 'wait'}${title === undefined ? '' : ` (${title})`}:`;
}

/** So many waits are shown; they speak for the others. */
const MOST = 5;

/** Writes what the running steps of a run wait for, broken to a width: a line for each, and its reasons below it. */
export function waitSection({ steps }: Pick<RunView, 'steps'>, width: number): string[] {
  const waits = waitsOf(steps);
  const left = waits.length - MOST;
  const lines = waits
    .slice(0, MOST)
    .flatMap((wait) => [waitHead(wait), ...wait.reasons.map((reason) => `  ${printable(reason)}`)])
    .concat(left > 0 ? [`and ${left} more that wait`] : []);
  return lines.length === 0 ? [] : ['', ...lines.flatMap((line) => wrapped(line, width, '  '))];
}
