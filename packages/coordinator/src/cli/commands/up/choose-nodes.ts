import type { NodeView } from '@vhive/shared';

/** The nodes of which a run is made, the master first. */
export interface ChosenNodes {
  controlPlane: string;
  names: string[];
  /** The nodes that are reachable but more than were asked for. */
  left: string[];
}

/**
 * Picks the nodes of a run: the master (by its name, otherwise the coordinator's own host) and those of the others that
 * have been enrolled for the longest time. The result is undefined while too few nodes are reachable or the master is
 * not.
 */
export function chooseNodes(
  nodes: readonly NodeView[],
  expected: number,
  controlPlane: string | undefined,
): ChosenNodes | undefined {
  const reachable = nodes.filter((node) => node.status === 'reachable').toSorted(byEnrolment);
  const master = reachable.find((node) => (controlPlane === undefined ? node.local : node.name === controlPlane));
  if (!master || reachable.length < expected) return undefined;
  const others = reachable.filter((node) => node !== master).map(({ name }) => name);
  return {
    controlPlane: master.name,
    names: [master.name, ...others.slice(0, expected - 1)],
    left: others.slice(expected - 1),
  };
}

/** Returns whether no node that is known, but not reachable yet, would be chosen in the place of one of these. */
export function isSettled(nodes: readonly NodeView[], chosen: ChosenNodes): boolean {
  const workers = nodes.filter(({ name }) => chosen.names.includes(name) && name !== chosen.controlPlane);
  const last = workers.toSorted(byEnrolment).at(-1);
  return last === undefined || !nodes.some((node) => node.status === 'unreachable' && byEnrolment(node, last) < 0);
}

function byEnrolment(a: NodeView, b: NodeView): number {
  return a.enrolledAt.localeCompare(b.enrolledAt) || a.name.localeCompare(b.name);
}
