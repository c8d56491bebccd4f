import type { Host } from '../host/host.ts';

/** The machine that an agent works on. */
export interface HostSelection {
  /**
   * The directory of the simulation and the host's address in it. When absent, the agent works on the machine that this
   * process runs on.
   */
  simulate?: { directory: string; address: string } | undefined;
  /** The name of the node, which is also the host name of a simulated host. */
  node: string;
}

/**
 * Makes the host that the agent works on. This is the one place that decides between a real and a simulated host; only
 * the code of the chosen one is loaded.
 */
export async function selectHost({ simulate, node }: HostSelection): Promise<Host> {
  if (simulate === undefined) {
    const { createRealHost } = await import('../host/real-host.ts');
    return createRealHost();
  }
  const { createSimulatedHost } = await import('../simulated/simulated-host.ts');
  return createSimulatedHost({ ...simulate, name: node });
}
