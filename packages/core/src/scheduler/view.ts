import { defined, type RunView, type StepStatus, type StepView } from '@vhive/shared';
import type { NodeState, RunState, StepPosition, StepState } from './state.ts';
import { isoOf, millisecondsOf } from './time.ts';

/** A pending step names at most so many of those that it waits for. */
const MOST_NAMED = 8;

const statusOf: Record<StepPosition, StepStatus> = {
  pending: 'pending',
  queued: 'pending',
  dispatching: 'pending',
  running: 'running',
  waiting: 'waiting',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
};

/** Returns the run as people see it. It walks through all steps, so it is not for every event of a large run. */
export function view(state: RunState): RunView {
  const deadline = state.timers.get('timeout');
  return {
    runId: state.runId,
    mode: state.mode,
    status: state.status,
    createdAt: state.createdAt,
    ...defined({
      job: state.job,
      finishedAt: state.finishedAt,
      deadline: deadline === undefined ? undefined : isoOf(deadline),
    }),
    controlPlane: state.plan.controlPlane,
    phases: state.plan.phases,
    nodes: state.plan.nodes.map((name) => {
      const node = state.nodes.get(name);
      return {
        name,
        status: nodeStatus(node),
        ...(node?.failure === undefined ? {} : { failure: node.failure }),
      };
    }),
    steps: state.plan.steps.map(({ id, phase, node, executor, title }, index) => {
      const step = state.steps.get(index);
      return {
        id,
        phase,
        node,
        executor,
        title,
        status: statusOf[step.position],
        attempts: step.attempts,
        tasks: [...step.tasks],
        ...defined({ startedAt: step.startedAt, finishedAt: step.finishedAt, failure: step.failure }),
        ...(step.spans.length === 0 ? {} : { spans: [...step.spans] }),
        ...waitOf(state, index, step),
      };
    }),
  };
}

type Wait = Pick<StepView, 'attemptStartedAt' | 'attemptEndsBy' | 'nextAttemptAt' | 'attemptsLeft' | 'waitsFor'>;

/** Tells what a step that has not ended waits for, since when and until when. */
function waitOf(state: RunState, index: number, step: StepState): Wait {
  const policy = state.plan.steps[index]?.policy;
  switch (step.position) {
    case 'running': {
      const { attemptStartedAt } = step;
      if (attemptStartedAt === undefined || policy === undefined) return {};
      return { attemptStartedAt, attemptEndsBy: isoOf(millisecondsOf(attemptStartedAt) + policy.timeLimitMs) };
    }
    case 'waiting': {
      const next = state.timers.get(`step ${index}`);
      return {
        ...defined({ nextAttemptAt: next === undefined ? undefined : isoOf(next) }),
        attemptsLeft: Math.max(0, (policy?.retries ?? 0) + 1 - step.failures),
      };
    }
    case 'pending':
      return { waitsFor: openBefore(state, index) };
    default:
      return {};
  }
}

/** The order in which a person wants to hear of what a step waits for. */
const ranks: Record<StepPosition, number> = {
  waiting: 0,
  running: 1,
  dispatching: 2,
  queued: 3,
  failed: 4,
  skipped: 5,
  pending: 6,
  done: 7,
};

function openBefore({ lookup, steps, plan }: RunState, index: number): string[] {
  const position = (other: number) => steps.get(other).position;
  const isOver = (other: number) => ['done', 'failed', 'skipped'].includes(position(other));
  const open = [
    ...(lookup.needs[index] ?? []).filter((need) => position(need) !== 'done'),
    ...(lookup.after[index] ?? []).filter((other) => !isOver(other)),
  ];
  return open
    .toSorted((a, b) => ranks[position(a)] - ranks[position(b)])
    .slice(0, MOST_NAMED)
    .map((other) => plan.steps[other]?.id ?? '');
}

function nodeStatus(node: NodeState | undefined): RunView['nodes'][number]['status'] {
  if (node === undefined) return 'ok';
  if (node.fate !== 'ok') return node.fate;
  return node.unreachableSince === undefined ? 'ok' : 'unreachable';
}
