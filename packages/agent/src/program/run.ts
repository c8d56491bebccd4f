import { nodeName, VhiveError } from '@vhive/shared';
import { startAgent } from '../transport/agent.ts';
import { findJoinToken } from './join-token-source.ts';
import { createLog } from './log-output.ts';
import { returnMemorySoon } from './memory.ts';
import { selectHost } from './select-host.ts';
import { serveStatus } from './status-socket.ts';

/** After SIGTERM, running steps may go on for this many milliseconds; on a simulated host nothing takes long to end. */
const STOP_GRACE_MS = { real: 5_000, simulated: 300 };

/** Options of `vhive-agent run`. */
export interface RunOptions {
  coordinator?: string;
  tokenFile?: string;
  name: string;
  stateDir: string;
  logLevel: string;
  output: 'text' | 'json';
  simulate?: string;
  simulateAddress: string;
}

/**
 * Runs `vhive-agent run`: the agent works until SIGTERM or SIGINT, which end it with exit code 0. Throws when the
 * coordinator refuses the node.
 */
export async function runCommand(options: RunOptions, environment: NodeJS.ProcessEnv): Promise<number> {
  const { simulate } = options;
  const log = createLog({
    level: options.logLevel,
    readable: process.stderr.isTTY === true && options.output === 'text',
    simulated: simulate !== undefined,
  });
  const node = checkNodeName(options.name);
  const coordinator = requireCoordinator(options.coordinator);
  const token = await findJoinToken(options.tokenFile, environment);
  // The commands that the agent runs inherit its environment and must not see the join token.
  delete environment.VHIVE_TOKEN;
  const host = await selectHost({
    node,
    simulate: simulate === undefined ? undefined : { directory: simulate, address: options.simulateAddress },
  });
  const agent = await startAgent({
    coordinator,
    node,
    stateDirectory: options.stateDir,
    host,
    actions: async () => (await import('../actions/index.ts')).actions,
    token,
    logger: log,
    onIdle: returnMemorySoon,
  });
  const status = await serveStatus(options.stateDir, agent.status, log);
  const stop = (signal: NodeJS.Signals) => {
    log.info(`${signal}: stopping`);
    void agent.stop(simulate === undefined ? STOP_GRACE_MS.real : STOP_GRACE_MS.simulated);
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  agent.registered.then(
    () => {
      log.info(`registered as ${node}, ${Math.round(performance.now())} ms after the start`);
      returnMemorySoon();
    },
    () => undefined,
  );
  try {
    await agent.finished;
  } finally {
    await status.close();
  }
  return 0;
}

/** Checks a node's name that was given on the command line. Throws a usage error when it is not a DNS label. */
export function checkNodeName(name: string): string {
  const parsed = nodeName.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new VhiveError({
    code: 'usage',
    message: `"${name}" cannot be the name of a node: ${parsed.error.issues[0]?.message}`,
    hint: 'give one with --name, or set the host name: hostnamectl set-hostname node-1',
  });
}

function requireCoordinator(coordinator: string | undefined): string {
  if (coordinator !== undefined && coordinator !== '') return coordinator;
  throw new VhiveError({
    code: 'usage',
    message: 'the address of the coordinator is missing',
    hint: 'vhive-agent --coordinator <ip>, or set VHIVE_COORDINATOR',
  });
}
