import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { SIMULATION_FILE, type SimulationRecord } from '@vhive/shared';
import { type CoordinatorOptions, type RunningCoordinator, type Say, simulationDirectories } from '../options.ts';
import { openTokens } from '../tokens.ts';
import { startSimulatedAgents } from './simulated-agents.ts';
import { startSimulatedMirror } from './simulated-mirror.ts';

/**
 * Starts a cluster of simulated hosts: a real coordinator with a real nats-server, and one real agent process per host
 * whose host layer imitates the machine in a directory. The machines are below the coordinator's cache directory, and
 * its state directory is marked as that of a simulation. A simulation that was begun before goes on where it stopped.
 * Stopping the coordinator ends the agents too.
 */
export async function startSimulation(
  input: { nodes: number; coordinator: CoordinatorOptions; say: Say },
  startCoordinator: (options: CoordinatorOptions) => Promise<RunningCoordinator>,
): Promise<RunningCoordinator> {
  const { nodes, coordinator, say } = input;
  const { stateDir, cacheDir } = coordinator;
  const simulation = simulationDirectories(cacheDir);
  const { directory } = simulation;
  await makeDirectory(directory, 0o700);
  await using started = new AsyncDisposableStack();
  const mirror = await startSimulatedMirror();
  started.defer(() => mirror.stop());
  const running = await startCoordinator({ ...coordinator, ownMirror: mirror.url });
  started.defer(() => running.stop());
  const mark: SimulationRecord = { hosts: nodes, cacheDir };
  await writeFileAtomic(join(stateDir, SIMULATION_FILE), `${JSON.stringify(mark)}\n`);
  say(`SIMULATED: ${nodes} hosts below ${directory}; nothing outside it changes (rm -r it to begin anew)`);
  if (stateDir !== simulation.stateDir) say(`SIMULATED: the coordinator's state is in ${stateDir}`);
  const tokens = await openTokens({ stateDir });
  const { token, view } = await tokens.create({ ttlSeconds: 3600, description: 'simulated hosts' });
  started.defer(async () => void (await tokens.revoke(view.id)));
  const agents = await startSimulatedAgents({
    ...{ count: nodes, directory, port: new URL(running.url).port, token, say },
  });
  started.defer(() => agents.stop());
  const parts = started.move();
  return { url: running.url, cluster: running.cluster, stop: () => parts.disposeAsync() };
}
