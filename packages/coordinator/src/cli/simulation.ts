import { VhiveError } from '@vhive/shared';
import { type CoordinatorOptions, simulationDirectories } from '../assembly/options.ts';
import { hasState } from './connect.ts';
import type { CliContext } from './context.ts';
import type { Remembered } from './options/remembered.ts';

/**
 * Returns the context in which a coordinator that has to be started comes with its simulated hosts. Throws `usage` where
 * the state directory is that of real hosts.
 */
export async function withSimulation(
  context: CliContext,
  nodes: number,
  { stateDir, cacheDir }: Pick<CoordinatorOptions, 'stateDir' | 'cacheDir'>,
  { simulation }: Remembered,
): Promise<CliContext> {
  const isOwn = simulation !== undefined || stateDir === simulationDirectories(cacheDir).stateDir;
  if (!isOwn && (await hasState(stateDir)))
    throw new VhiveError({
      code: 'usage',
      message: `--simulate: ${stateDir} holds the state of a cluster of real hosts`,
      hint: 'leave --state-dir (VHIVE_STATE_DIR) out, or name a directory of its own for the simulation',
    });
  const say = (line: string) => context.io.say(line);
  const startCoordinator = (coordinator: CoordinatorOptions) => {
    // The machines are where they were, whatever cache directory this command has.
    const own = { ...coordinator, cacheDir: simulation?.cacheDir ?? coordinator.cacheDir };
    return context.hooks.startSimulation({ nodes, coordinator: own, say });
  };
  return { ...context, hooks: { ...context.hooks, startCoordinator } };
}
