import { COORDINATOR, outputRefsIn, type Step, VhiveError } from '@vhive/shared';

/** Throws a VhiveError `usage` for a name that is not a node of the cluster. */
export function checkLimit(limit: readonly string[], nodes: readonly { name: string }[]): void {
  for (const name of limit)
    if (!nodes.some((node) => node.name === name))
      throw new VhiveError({
        code: 'usage',
        message: `--limit ${name}: there is no such node in this cluster`,
        hint: `the nodes are ${nodes.map((node) => node.name).join(', ')}`,
      });
}

/**
 * Returns the steps of the named nodes, those of preflight, and every step whose outputs these need, directly or not.
 * The latter are looked at again, which changes nothing where they are done. Of the coordinator's own steps only the
 * needed ones stay.
 */
export function limitToNodes(steps: Step[], limit: readonly string[]): Step[] {
  if (limit.length === 0) return steps;
  const byId = new Map(steps.map((step) => [step.id, step]));
  const wanted = new Set<string>();
  const isFirst = (step: Step) => limit.includes(step.node) || step.phase === 'preflight';
  const work = steps.filter(isFirst).map((step) => step.id);
  for (let id = work.pop(); id !== undefined; id = work.pop()) {
    const step = byId.get(id);
    if (step === undefined || wanted.has(id)) continue;
    wanted.add(id);
    const producers = outputRefsIn(step.tasks.map((task) => task.params)).map(({ $output }) => $output.step);
    work.push(...producers, ...step.needs.filter((need) => byId.get(need)?.executor === COORDINATOR));
  }
  return steps.filter((step) => wanted.has(step.id));
}
