import { readFile } from 'node:fs/promises';
import { exitCodeOf } from '@vhive/shared';
import { defaultLabDirectories } from '../directories.ts';
import { labExec } from '../hosts/exec.ts';
import type { LabLog } from '../types.ts';
import { LAB_CLUSTER_FILE, LAB_MIRROR } from './agents.ts';
import { labClusterHosts } from './cluster-hosts.ts';

/**
 * Runs `up --lab N`: makes the hosts and then runs the same `up` on the first of them, passing its output, its signals
 * and its exit code through. At the end it shows the nodes as kubectl sees them.
 */
export async function upInLab(input: {
  hosts: number;
  upArguments: string[];
  upVariables: Readonly<Record<string, string>>;
  configFile?: string;
  say: LabLog;
}): Promise<number> {
  const { hosts: count, say: log } = input;
  const clusterFile = input.configFile === undefined ? undefined : await readFile(input.configFile, 'utf8');
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const hosts = await labClusterHosts({
      ...defaultLabDirectories(),
      ...{ hosts: count, clusterFile, log, signal: interrupted.signal },
    });
    const first = hosts[0];
    if (!first) return exitCodeOf('internal');
    log(`running vhive-coord up on ${first.name}; a shell there: vhive-coord lab exec ${first.name} -- bash`);
    const mirror = input.upArguments.includes('--mirror') ? [] : ['--mirror', LAB_MIRROR];
    const up = ['vhive-coord', 'up', '--config', LAB_CLUSTER_FILE, ...mirror, ...input.upArguments];
    const { exitCode } = await labExec(first, up, {
      ...{ stdio: 'inherit', tty: process.stdout.isTTY === true, reject: false, env: input.upVariables },
    });
    if (exitCode === 0 && !input.upArguments.includes('--dry-run')) {
      const { stdout } = await labExec(first, ['kubectl', 'get', 'nodes'], { reject: false });
      log(`\n$ kubectl get nodes\n${stdout}`);
    }
    return exitCode ?? exitCodeOf('interrupted');
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
