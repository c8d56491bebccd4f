import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { boundToThisProcess } from '../../nats/server/parent-death.ts';
import type { CoordinatorOptions, RunningCoordinator, Say, Simulation } from '../options.ts';
import { openTokens } from '../tokens.ts';
import { startSimulatedMirror } from './simulated-mirror.ts';

/**
 * The address of simulated machine `number` (from 1 to 5,000). It is a loopback address, so that connections between
 * the machines are real. The range depends on the directory, so that two simulations on one host do not get in each
 * other's way.
 */
function addressOf(directory: string, number: number): string {
  const [second = 0, third = 0] = createHash('sha256').update(directory).digest();
  return `127.${16 + (second % 224)}.${(third % 230) + Math.floor(number / 250)}.${(number % 250) + 1}`;
}

/**
 * Starts a cluster of simulated hosts: a real coordinator with a real nats-server, and one real agent process per host
 * whose host layer imitates the machine in a directory. All its files are below the coordinator's cache directory. A
 * simulation that was begun before goes on where it stopped.
 */
export async function startSimulation(
  input: { nodes: number; coordinator: CoordinatorOptions; say: Say },
  startCoordinator: (options: CoordinatorOptions) => Promise<RunningCoordinator>,
): Promise<Simulation> {
  const { nodes, coordinator, say } = input;
  const directory = join(coordinator.cacheDir, 'simulation');
  const stateDir = join(directory, 'coordinator');
  say(`SIMULATED: ${nodes} hosts below ${directory}; nothing outside it changes (rm -r it to begin anew)`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const mirror = await startSimulatedMirror();
  const running = await startCoordinator({ ...coordinator, stateDir, mirror: coordinator.mirror ?? mirror.url });
  const agents: ReturnType<typeof startAgent>[] = [];
  try {
    const tokens = await openTokens({ stateDir, cluster: coordinator.cluster });
    const { token, view } = await tokens.create({ ttlSeconds: 3600, description: 'simulated hosts' });
    // The agents must not outlive a killed command, because nobody would know that they still run.
    const { command } = await boundToThisProcess([join(process.env.VHIVE_BIN_DIR ?? '', 'vhive-agent')]);
    const where = { command, directory, url: running.url, token };
    for (let number = 1; number <= nodes; number += 1)
      agents.push(startAgent(`sim-${number}`, addressOf(directory, number), where));
    return {
      stateDir,
      controlPlane: 'sim-1',
      async stop() {
        for (const agent of agents) agent.kill('SIGTERM');
        await Promise.all(agents);
        await tokens.revoke(view.id);
        await running.stop();
        await mirror.stop();
      },
    };
  } catch (cause) {
    for (const agent of agents) agent.kill('SIGTERM');
    await Promise.all(agents);
    await running.stop();
    await mirror.stop();
    throw cause;
  }
}

function startAgent(
  name: string,
  address: string,
  where: { command: readonly [string, ...string[]]; directory: string; url: string; token: string },
) {
  const [program, ...before] = where.command;
  const port = new URL(where.url).port;
  const machine = join(where.directory, name);
  return execa(
    program,
    [
      ...[
        ...before,
        'run',
        '--coordinator',
        `127.0.0.1:${port}`,
        '--name',
        name,
        '--state-dir',
        join(machine, 'agent'),
      ],
      ...['--simulate', where.directory, '--simulate-address', address],
    ],
    {
      // The token is passed in the environment, which only processes of the same user can read. Everybody could read it
      // in the list of arguments.
      env: { VHIVE_TOKEN: where.token },
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: { file: join(where.directory, `${name}.log`) },
      reject: false,
      cleanup: true,
    },
  );
}
