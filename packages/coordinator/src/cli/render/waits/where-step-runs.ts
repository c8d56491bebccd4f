import { COORDINATOR } from '@vhive/shared';

/** Writes where a step runs: `node2 runtime`, and for which other node where one node acts for another. */
export function whereStepRuns(step: { phase: string; node: string; executor: string; title?: string }): string {
  const name = step.executor === COORDINATOR ? 'coordinator' : step.executor;
  const forNode = step.node === step.executor ? '' : ` for ${step.node}`;
  const title = step.title === undefined ? '' : ` (${step.title})`;
  return `${name} ${step.phase}${forNode}${title}`;
}
