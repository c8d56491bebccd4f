import type { ApiClient } from './client/client.ts';
import { type Connection, withCoordinator } from './connect.ts';
import type { CliContext } from './context.ts';
import { nodesHeard } from './heard-nodes.ts';
import { defaultStateDir, existingCoordinator, type SaidCoordinatorFlags } from './options/coordinator-options.ts';
import { readRemembered } from './options/remembered.ts';
import { commandWords } from './render/command-words.ts';
import { withSimulation } from './simulation.ts';

/**
 * Runs a command that asks about an existing cluster: with its coordinator, or with its stored state when no
 * coordinator runs. With `hearNodes`, a coordinator that was started for this command first listens for its agents, for
 * a few seconds. With `withHosts`, a coordinator of simulated hosts comes with these hosts, for a command that needs them.
 */
export async function withExisting<T>(
  flags: SaidCoordinatorFlags,
  context: CliContext,
  work: (client: ApiClient, connection: Connection) => Promise<T>,
  { hearNodes = false, withHosts = false } = {},
): Promise<T> {
  const log = (line: string) => context.io.note(line.trimEnd());
  const coordinator = { ...(await existingCoordinator(flags, context.io.env)), log };
  context.io.words = commandWords(coordinator.stateDir, defaultStateDir(context.io.env), context.io.env.VHIVE_TYPED);
  const remembered = await readRemembered(coordinator.stateDir);
  const hosts = remembered.simulation?.hosts;
  const { hooks } =
    withHosts && hosts !== undefined ? await withSimulation(context, hosts, coordinator, remembered) : context;
  return await withCoordinator({ coordinator, hooks, start: 'existing' }, async (connection) => {
    if (hearNodes && !connection.attached) await nodesHeard(connection.client);
    return await work(connection.client, connection);
  });
}
