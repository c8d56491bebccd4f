import { attemptIdOf, attemptNumberOf, isLive, type RunState } from '@vhive/core/scheduler/index';

/** What an agent says about an attempt: which one it is, and perhaps its phase. */
export interface Said {
  stepId: string;
  attemptId: string;
  phase?: string;
}

/**
 * Judges something that a node says about an attempt: it is the node's own and under way (`live`) or over (`past`); or
 * the node was never asked for it (`foreign`).
 */
export function standingOf(
  state: RunState,
  node: string,
  { stepId, attemptId, phase }: Said,
): 'live' | 'past' | 'foreign' {
  const index = state.lookup.indexes.get(stepId);
  const step = index === undefined ? undefined : state.plan.steps[index];
  if (index === undefined || step?.executor !== node || (phase !== undefined && phase !== step.phase)) return 'foreign';
  if (isLive(state, stepId, attemptId)) return 'live';
  const number = attemptNumberOf(attemptId);
  const isBegun = number >= 1 && number <= state.steps.get(index).attempts;
  return isBegun && attemptId === attemptIdOf(state.runId, stepId, number) ? 'past' : 'foreign';
}

/** Whether a node is doing a step now that publishes files. */
export function isPublishing(state: RunState, node: string): boolean {
  return state.plan.steps.some(
    ({ executor, tasks }, index) =>
      executor === node &&
      state.steps.get(index).position === 'running' &&
      tasks.some(({ action }) => action === 'artifact.publish'),
  );
}
