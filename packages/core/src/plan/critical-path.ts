import type { Plan, RunView, Step } from '@vhive/shared';
import { phases } from '../phases/index.ts';

/** An estimate of how long a step takes. */
export interface Estimate {
  seconds: number;
  /**
   * The time is `recorded` when an earlier run of this cluster took that long, and `assumed` when the phase of the step
   * says so.
   */
  source: 'recorded' | 'assumed';
}

/** A step of the critical path. */
export interface PathStep extends Estimate {
  id: string;
  node: string;
  title: string;
  /** The time at which the step begins, in seconds from the beginning of the run. */
  startSeconds: number;
}

/**
 * The chain of steps that decides how long the whole run takes. Limits of how many steps run at once are not taken into
 * account.
 */
export interface CriticalPath {
  seconds: number;
  steps: PathStep[];
}

/**
 * Returns what a step is called on every node, such as `runtime` for `runtime/node-2`. Downloads keep their whole ids.
 */
const kindOf = ({ id, phase }: { id: string; phase: string }) =>
  phase === 'artifacts' ? id : id.slice(0, id.indexOf('/'));

/**
 * Returns the times of earlier runs by kind of step, in seconds. The time of a kind is that of the slowest node in the
 * newest run in which the step changed something, because a step that only looks takes no time. The newest of the
 * `runs` must come first.
 */
export function recordedSeconds(runs: readonly RunView[]): Map<string, number> {
  const seconds = new Map<string, number>();
  for (const run of runs) {
    const inThisRun = new Map<string, number>();
    for (const step of run.steps) {
      if (step.status !== 'done' || step.startedAt === undefined || step.finishedAt === undefined) continue;
      if (!step.tasks.some(({ status }) => status === 'changed')) continue;
      // The attempt that did it; what came before it, and the pauses, are no part of the step when all goes well.
      const { startedAt, finishedAt } = step.spans?.at(-1) ?? {
        startedAt: step.startedAt,
        finishedAt: step.finishedAt,
      };
      const took = secondsBetween(startedAt, finishedAt);
      inThisRun.set(kindOf(step), Math.max(inThisRun.get(kindOf(step)) ?? 0, took));
    }
    for (const [kind, took] of inThisRun) if (!seconds.has(kind)) seconds.set(kind, took);
  }
  return seconds;
}

/**
 * Returns a function that estimates the time of a step: the recorded one where an earlier run tells it, else the one
 * that its phase assumes. Milestones take no time.
 */
export function estimator(recorded: ReadonlyMap<string, number>): (step: Step) => Estimate {
  const assumed = new Map(phases.map(({ name, assumedSeconds }) => [name, assumedSeconds]));
  return (step) => {
    const known = recorded.get(kindOf(step));
    if (known !== undefined) return { seconds: known, source: 'recorded' };
    return { seconds: step.tasks.length === 0 ? 0 : (assumed.get(step.phase) ?? 0), source: 'assumed' };
  };
}

/** Finds the longest chain of steps through a plan, which must be in topological order. */
export function criticalPath(plan: Plan, estimate: (step: Step) => Estimate): CriticalPath {
  const ends = new Map<string, number>();
  const before = new Map<string, string>();
  const estimates = new Map(plan.steps.map((step) => [step.id, estimate(step)]));
  let last: string | undefined;
  for (const step of plan.steps) {
    const waits = [...step.needs, ...step.after];
    const latest = waits.reduce<string | undefined>(
      (found, id) => (found === undefined || (ends.get(id) ?? 0) > (ends.get(found) ?? 0) ? id : found),
      undefined,
    );
    if (latest !== undefined) before.set(step.id, latest);
    const start = latest === undefined ? 0 : (ends.get(latest) ?? 0);
    ends.set(step.id, start + (estimates.get(step.id)?.seconds ?? 0));
    if (last === undefined || (ends.get(step.id) ?? 0) > (ends.get(last) ?? 0)) last = step.id;
  }
  const byId = new Map(plan.steps.map((step) => [step.id, step]));
  const steps: PathStep[] = [];
  for (let id = last; id !== undefined; id = before.get(id)) {
    const [step, known] = [byId.get(id), estimates.get(id)];
    if (step === undefined || known === undefined) break;
    const { node, title } = step;
    steps.unshift({ id, node, title, ...known, startSeconds: (ends.get(id) ?? 0) - known.seconds });
  }
  return { seconds: last === undefined ? 0 : (ends.get(last) ?? 0), steps: steps.filter(({ seconds }) => seconds > 0) };
}

/** Writes the critical path for people: when each step begins, how long it takes, and where that is known from. */
export function renderCriticalPath({ seconds, steps }: CriticalPath): string {
  const recorded = steps.filter(({ source }) => source === 'recorded').length;
  const source =
    recorded === 0 ? 'assumed times' : recorded === steps.length ? 'recorded times' : 'recorded times where marked *';
  const lines = steps.map(({ id, seconds: took, startSeconds, source: from }) => {
    const mark = from === 'recorded' && recorded < steps.length ? '*' : ' ';
    return `  ${elapsed(startSeconds).padStart(6)}  ${`${Math.round(took)} s`.padStart(6)}${mark} ${id}`;
  });
  return [`critical path: ${elapsed(seconds)} (${source})`, ...lines, ''].join('\n');
}

/** Writes an elapsed time so that it cannot be taken for a time of day: `7s`, `4m12s`. */
function elapsed(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}

function secondsBetween(from: string, to: string): number {
  // biome-ignore lint/style/noRestrictedGlobals: parses, does not read a clock
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
