import { defined, type RunView, type StepStatus } from '@vhive/shared';
import type { NodeState, RunState, StepPosition } from './state.ts';

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
  return {
    runId: state.runId,
    mode: state.mode,
    status: state.status,
    createdAt: state.createdAt,
    ...defined({ finishedAt: state.finishedAt }),
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
      };
    }),
  };
}

function nodeStatus(node: NodeState | undefined): RunView['nodes'][number]['status'] {
  if (node === undefined) return 'ok';
  if (node.fate !== 'ok') return node.fate;
  return node.unreachableSince === undefined ? 'ok' : 'unreachable';
}
