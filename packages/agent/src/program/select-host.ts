import type { Host } from '../host/host.ts';

/** Which machine an agent works on. */
export interface HostSelection {
  /** Directory of the simulation and the host's address in it; absent: the machine this process runs on. */
  simulate?: { directory: string; address: string } | undefined;
  /** Name of the node: the host name of a simulated host. */
  node: string;
}

/** The one place where real and simulated hosts part. Loads only what is needed. */
export async function selectHost({ simulate, node }: HostSelection): Promise<Host> {
  if (simulate === undefined) {
    const { createRealHost } = await import('../host/real-host.ts');
    return createRealHost();
  }
  const { createSimulatedHost } = await import('../simulated/simulated-host.ts');
  return createSimulatedHost({ ...simulate, name: node });
}
