import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { exitCodeOf, VhiveError } from '@vhive/shared';
import { defaultLabDirectories } from '../directories.ts';
import { labExec } from '../hosts/exec.ts';
import type { Publishers } from '../tree/publishers/publishers.ts';
import type { LabLog } from '../types.ts';
import { LAB_CLUSTER_FILE, LAB_MIRROR } from './agents.ts';
import { labClusterHosts } from './cluster-hosts.ts';
import { readLabMemory } from './lab-memory.ts';
import { isDirectory } from './lab-software.ts';
import type { LabWishes } from './made-with.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long the `up` on the host may take to end in order, in milliseconds. */
const STOP_MS = 30_000;

/**
 * Runs `up --lab N`: makes the hosts and then runs the same `up` on the first of them, passing its output, its signals
 * and its exit code through. At the end it shows the nodes as kubectl sees them. The exit code is undefined when that
 * `up` was killed.
 */
export async function upInLab(
  input: LabWishes & {
    hosts: number;
    upArguments: string[];
    upVariables: Readonly<Record<string, string>>;
    configFile?: string;
    publishers?: Publishers;
    say: LabLog;
  },
): Promise<number | undefined> {
  const { hosts: count, stack, source, mirror, publishers, say: log } = input;
  const directories = defaultLabDirectories();
  const clusterFile = input.configFile === undefined ? undefined : await readFile(input.configFile, 'utf8');
  const interrupted = new AbortController();
  const told = new AbortController();
  const interrupt = (signal: NodeJS.Signals) => {
    interrupted.abort(
      new VhiveError({
        code: 'interrupted',
        message: 'stopped before the hosts of the lab were made',
        hint: 'type the same command again',
      }),
    );
    // Ctrl-C reaches every process of the terminal, the one on the host too. Other signals reach this process alone.
    if (signal !== 'SIGINT') told.abort();
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    const hosts = await labClusterHosts({
      ...directories,
      ...{ hosts: count, stack, source, mirror, publishers, clusterFile, log, signal: interrupted.signal },
    });
    const first = hosts[0];
    if (!first) return exitCodeOf('internal');
    log(`running vhive-coord up on ${first.name}; a shell there: vhive-coord lab exec ${first.name} -- bash`);
    const given = (await readLabMemory(directories.stateDir))?.mirror;
    const seen = given === undefined || isDirectory(given) ? LAB_MIRROR : given;
    const up = ['vhive-coord', 'up', '--config', LAB_CLUSTER_FILE, '--mirror', seen, ...input.upArguments];
    const { exitCode } = await labExec(first, up, {
      ...{ stdio: 'inherit', tty: process.stdout.isTTY === true, reject: false, env: input.upVariables },
      ...{ signal: told.signal, killAfterMs: STOP_MS },
    });
    if (exitCode === 0 && !input.upArguments.includes('--dry-run')) {
      const { stdout } = await labExec(first, ['kubectl', 'get', 'nodes'], { reject: false });
      for (const line of ['', '$ kubectl get nodes', ...stdout.split('\n')]) log(line);
    }
    // What a shell says of a program that a signal has ended: 128 and the number of the signal.
    return exitCode === 128 + constants.signals.SIGKILL ? undefined : exitCode;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
