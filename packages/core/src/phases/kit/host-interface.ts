import type { PhaseContext, PlanNode } from './context.ts';

/**
 * Returns the interface by which microVMs of a node reach the world: the one that the cluster file names, else that of
 * the default route, else that of the node's address. Left to itself, vHive takes the one of the default route, and
 * falls over at the first function where there is none, as in an air gap (networking/networking.go, getHostIfaceName).
 * The result is undefined while no interface is known to have either address.
 */
export function hostInterface({ config }: Pick<PhaseContext, 'config'>, { address, facts }: PlanNode) {
  const holding = (wanted: string | undefined) =>
    facts.interfaces.find(({ addresses }) => addresses.some((one) => one.split('/')[0] === wanted))?.name;
  return config.firecracker.hostInterface ?? holding(facts.defaultAddress) ?? holding(address);
}
