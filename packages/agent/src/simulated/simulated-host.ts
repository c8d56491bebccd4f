import { dirname, join } from 'node:path';
import { createFileAtomic } from '@vhive/base/files/atomic-file';
import { removeLeftTemporaries } from '@vhive/base/files/temporary-files';
import type { Facts } from '@vhive/shared';
import type { CommandOptions, CommandResult, FileStatus, Host } from '../host/host.ts';
import { createRealHost } from '../host/real-host.ts';
import { runSimulated } from './commands.ts';
import { simulatedFacts } from './facts.ts';
import { SimulatedFaults } from './faults.ts';
import { isServiceAddress, startGateway } from './gateway.ts';
import { SimulatedKubernetes } from './kubernetes.ts';
import { SimulatedMachine } from './machine.ts';
import { seedFiles } from './seed-files.ts';
import { simulatedUsage } from './usage.ts';

/** The options of a simulated host. */
export interface SimulatedHostOptions {
  /** The directory of the simulation. It has a folder for each machine, and one for their common cluster. */
  directory: string;
  name: string;
  /** The address of the host, in 127.0.0.0/8, so that connections between simulated machines are real ones. */
  address: string;
}

/**
 * Makes a host that exists only as a directory. Files, downloads and connections are real; commands are imitated, and
 * every line of their output says so. It needs no root and changes nothing outside its directory.
 */
export async function createSimulatedHost(options: SimulatedHostOptions): Promise<Host> {
  const machine = new SimulatedMachine(options.directory, options.name, options.address);
  if (machine.isNew) {
    // An agent that was killed while it filled the directory had not yet begun to note where it writes.
    await removeLeftTemporaries(machine.root, { recursive: true });
    await seed(machine);
  }
  const faults = new SimulatedFaults(dirname(machine.root));
  const real = createRealHost({ root: machine.root });
  const kubernetes = new SimulatedKubernetes(machine.cluster);
  return {
    ...real,
    simulated: true,
    writeFile: (path, content, { mode }) => real.writeFile(path, content, { mode }),
    setAttributes: (path, { mode }) => real.setAttributes(path, mode === undefined ? {} : { mode }),
    makeDirectory: (path, { mode } = {}) => real.makeDirectory(path, mode === undefined ? {} : { mode }),
    // The space is as large as the facts say, and not what is left on the machine that runs the simulation.
    space: async () => (await simulatedFacts(machine, real)).root,
    stat: async (path) => ownedByRoot(await real.stat(path)),
    run: (argv, runOptions) => announced(machine, faults, argv, runOptions),
    connect: (address, port, how) => real.connect(address, unprivileged(port), how),
    listen: (address, port) => real.listen(address, unprivileged(port)),
    facts: (): Promise<Facts> => simulatedFacts(machine, real),
    usage: async () => simulatedUsage(await simulatedFacts(machine, real)),
    serviceEndpoint: async (address, port) =>
      (await isServiceAddress(kubernetes, address))
        ? await startGateway(machine.cluster, address)
        : await real.serviceEndpoint(address, port),
    kubernetes: async () => kubernetes,
  };
}

/** Ports below 1024 need root, so the machines of a simulation use others for them among themselves. */
const unprivileged = (port: number) => (port < 1024 ? port + 30_000 : port);

async function announced(
  machine: SimulatedMachine,
  faults: SimulatedFaults,
  argv: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  options.onLine?.('stdout', `(simulated) ${argv.join(' ')}`);
  const result = (await faults.meet(argv, options.signal)) ?? (await runSimulated(machine, argv, options.input));
  for (const stream of ['stdout', 'stderr'] as const)
    for (const line of result[stream].split('\n').filter(Boolean)) options.onLine?.(stream, `(simulated) ${line}`);
  return result;
}

/**
 * Without root a file cannot be given to another user, so ownership is imitated: everything belongs to root, as it does
 * on a real host.
 */
function ownedByRoot(status: FileStatus | undefined): FileStatus | undefined {
  return status && { ...status, owner: 'root', group: 'root' };
}

/**
 * Writes the files of a fresh machine. This is done only once, because files that steps have removed must not come back
 * with the next start.
 */
async function seed(machine: SimulatedMachine): Promise<void> {
  for (const [path, content] of Object.entries(seedFiles(machine.name))) {
    await createFileAtomic(join(machine.root, path), content, { mode: 0o644, directoryMode: 0o755 });
  }
  await machine.save();
}
