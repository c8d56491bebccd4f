import type { Plan, Step } from '@vhive/shared';

/** Makes a plan in which every node does `steps` no-ops, one after the other and without waiting for other nodes. */
export function noOpPlan(nodes: readonly string[], steps: number): Plan {
  const phases = Array.from({ length: steps }, (_, index) => ({ name: `no-op-${index + 1}`, title: 'nothing' }));
  const stepOf = (phase: string, before: string | undefined, node: string): Step => ({
    id: `${phase}/${node}`,
    phase,
    executor: node,
    node,
    title: 'nothing',
    needs: before === undefined ? [] : [`${before}/${node}`],
    after: [],
    tasks: [{ id: 'no-op', title: 'nothing', action: 'no-op', params: {} }],
    policy: { timeLimitMs: 60_000, retries: 3, backoffMs: 1_000, onFailure: 'fail-node' },
  });
  return {
    phases,
    controlPlane: nodes[0] ?? '',
    nodes: [...nodes],
    steps: phases.flatMap(({ name }, index) => nodes.map((node) => stepOf(name, phases[index - 1]?.name, node))),
  };
}
