import { makeDirectory } from '@vhive/base/files/make-directory';
import { type CoordinatorOptions, type RunningCoordinator, type Say, simulationDirectories } from '../options.ts';
import { openTokens } from '../tokens.ts';
import { startSimulatedAgents } from './simulated-agents.ts';
import { startSimulatedMirror } from './simulated-mirror.ts';

/**
 * Starts a cluster of simulated hosts: a real coordinator with a real nats-server, and one real agent process per host
 * whose host layer imitates the machine in a directory. All its files are below the coordinator's cache directory. A
 * simulation that was begun before goes on where it stopped. Stopping the coordinator ends the agents too.
 */
export async function startSimulation(
  input: { nodes: number; coordinator: CoordinatorOptions; say: Say },
  startCoordinator: (options: CoordinatorOptions) => Promise<RunningCoordinator>,
): Promise<RunningCoordinator> {
  const { nodes, coordinator, say } = input;
  const { directory, stateDir } = simulationDirectories(coordinator.cacheDir);
  await makeDirectory(directory, 0o700);
  await using started = new AsyncDisposableStack();
  const mirror = await startSimulatedMirror();
  started.defer(() => mirror.stop());
  const running = await startCoordinator({ ...coordinator, stateDir, mirror: coordinator.mirror ?? mirror.url });
  started.defer(() => running.stop());
  say(`SIMULATED: ${nodes} hosts below ${directory}; nothing outside it changes (rm -r it to begin anew)`);
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
