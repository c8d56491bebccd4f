import { join } from 'node:path';
import { createBackoff } from '@vhive/base/retry/backoff';
import { pause } from '@vhive/base/retry/sleep';
import { type ExecaError, execa } from 'execa';
import { type BoundCommand, boundToThisProcess } from '../../nats/server/parent-death.ts';
import type { Say } from '../options.ts';
import { addressOf } from './addresses.ts';

/** An agent that has lived for this long, in milliseconds, is started again at once. */
const STEADY_MS = 10_000;
/** When an agent has ended so often in a row, somebody is told. */
const OFTEN = 4;

/** What the agents of a simulation are started with. */
export interface SimulatedAgentsOptions {
  count: number;
  /** The directory of the simulation. */
  directory: string;
  /** The port of the coordinator's HTTPS server on this host. */
  port: string;
  token: string;
  say: Say;
}

/**
 * Starts the agents `sim-1` to `sim-<count>`, one process each. As systemd does on a real host, an agent that has ended
 * is started again, with a growing pause. Returns how to end them all.
 */
export async function startSimulatedAgents(options: SimulatedAgentsOptions): Promise<{ stop(): Promise<void> }> {
  const program = join(process.env.VHIVE_BIN_DIR ?? '', 'vhive-agent');
  // The agents must not outlive a killed command, because nobody would know that they still run. It is SIGKILL because a
  // stopped process (SIGSTOP) sees no other signal.
  const bound = await boundToThisProcess([program], 'KILL');
  const stopping = new AbortController();
  const kept = Array.from({ length: options.count }, (_, index) =>
    keepRunning(index + 1, bound, options, stopping.signal),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(kept);
    },
  };
}

async function keepRunning(
  number: number,
  bound: BoundCommand,
  options: SimulatedAgentsOptions,
  stopping: AbortSignal,
): Promise<void> {
  const name = `sim-${number}`;
  const backoff = createBackoff({ firstMs: 250, longestMs: 2_000 });
  for (let ends = 1; !stopping.aborted; ends += 1) {
    const startedAt = performance.now();
    const agent = startAgent(name, addressOf(options.directory, number), bound, options);
    const end = () => agent.kill('SIGTERM');
    stopping.addEventListener('abort', end, { once: true });
    const ended = await agent;
    stopping.removeEventListener('abort', end);
    if (performance.now() - startedAt > STEADY_MS) {
      backoff.reset();
      ends = 0;
    }
    if (ends === OFTEN)
      options.say(`the agent of ${name} ends again and again (${howItEnded(ended)}): ${options.directory}/${name}.log`);
    await pause(backoff.nextMs(), stopping);
  }
}

function howItEnded({ exitCode, signal }: Pick<ExecaError, 'exitCode' | 'signal'>): string {
  return signal === undefined ? `exit code ${exitCode}` : signal;
}

function startAgent(
  name: string,
  address: string,
  { command: [program, ...before], bound }: BoundCommand,
  { directory, port, token }: SimulatedAgentsOptions,
) {
  const machine = join(directory, name);
  return execa(
    program,
    [
      ...before,
      ...['run', '--coordinator', `127.0.0.1:${port}`, '--name', name, '--state-dir', join(machine, 'agent')],
      ...['--simulate', directory, '--simulate-address', address],
    ],
    {
      // The token is passed in the environment, which only processes of the same user can read. Everybody could read it
      // in the list of arguments.
      env: { VHIVE_TOKEN: token },
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: { file: join(directory, `${name}.log`), append: true },
      reject: false,
      cleanup: true,
      // Ctrl-C at a terminal is for the command, which ends its agents in order.
      detached: bound,
    },
  );
}
