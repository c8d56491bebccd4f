import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { VhiveError } from '@vhive/shared';
import { withheldCapabilities } from './capabilities.ts';
import { currentHierarchies, makeHostCgroups } from './cgroups.ts';
import { labExec } from './exec.ts';
import { type LabNames, labHostNames } from './names.ts';
import { hostNetworkVariables } from './network.ts';
import { isRunning, leaderOf, waitUntil } from './process.ts';
import { needsDelegatedScope, startSupervisor } from './supervisor.ts';
import type { LabBind, LabHost, LabLog, ProcessIdentity } from './types.ts';

/** A host that has all it needs to boot. */
export interface BootableHost {
  name: string;
  address: string;
  /** The lab's network, as 10.77.0.0/24. */
  subnet: string;
  tree: string;
  binds: readonly LabBind[];
}

/** How long a host may take to reach its last boot target, in milliseconds. A starved machine needs many seconds. */
const bootLimit = 120_000;

/** Starts the systemd of a host under a supervisor, in groups of its own, and gives both. Does not wait for the boot. */
export async function startHost(
  names: LabNames,
  host: BootableHost,
): Promise<{ supervisor: ProcessIdentity; cgroups: string[] }> {
  const { log, networkNamespace } = labHostNames(names, host.name);
  const isDelegated = needsDelegatedScope(await currentHierarchies());
  const cgroups = isDelegated ? [] : await makeHostCgroups(names.cgroup, host.name);
  const supervisor = await startSupervisor({
    argv: nspawnCommand(host, networkNamespace),
    cgroups,
    scope: isDelegated ? `${names.cgroup}-${host.name}` : undefined,
    // Of /proc/sys and /sys only the parts of the host's own network are writable.
    env: { ...hostNetworkVariables(names, host.subnet, host), SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
    logFile: log,
  });
  return { supervisor, cgroups };
}

function nspawnCommand(host: BootableHost, networkNamespace: string): string[] {
  const binds = host.binds.map(({ source, target, readOnly }) => {
    const escapeColons = (path: string) => path.replace(/[\\:]/g, '\\$&');
    return `--bind${readOnly ? '-ro' : ''}=${escapeColons(source)}:${escapeColons(target)}`;
  });
  return [
    'systemd-nspawn',
    '--quiet',
    '--boot',
    `--directory=${host.tree}`,
    `--machine=${host.name}`,
    `--hostname=${host.name}`,
    `--network-namespace-path=${networkNamespace}`,
    // The machine need not run systemd, so nobody registers the container and its groups are ours.
    '--register=no',
    '--keep-unit',
    '--capability=all',
    `--drop-capability=${withheldCapabilities.map((name) => `CAP_${name.toUpperCase()}`).join(',')}`,
    // Container runtimes need keyctl, which is not among the system calls containers have by default.
    '--system-call-filter=@known',
    // kubelet reads the first; fuse-overlayfs and stargz mount by the second.
    '--bind=/dev/kmsg',
    '--bind=/dev/fuse',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    '--console=read-only',
    ...binds,
  ];
}

/**
 * Waits until a host has booted: its systemd has reached the default target. Units that failed are said, not thrown.
 * Throws a VhiveError when the host ends or takes too long.
 *
 * @param previousLeader the process the host's systemd had before a reboot, which does not count
 */
export async function waitForBoot(
  names: LabNames,
  host: Omit<LabHost, 'leaderPid'>,
  context: { log: LabLog; signal?: AbortSignal | undefined; previousLeader?: number | undefined },
): Promise<LabHost> {
  const { log: logFile } = labHostNames(names, host.name);
  const leader = await waitUntil(
    () => {
      if (!isRunning(host.supervisor)) return 'ended';
      const pid = leaderOf(host.supervisor);
      return pid !== undefined && pid !== context.previousLeader && isListening(pid) ? pid : undefined;
    },
    bootLimit,
    context.signal,
  );
  if (typeof leader !== 'number') {
    throw new VhiveError({
      code: leader === 'ended' ? 'preflight' : 'timeout',
      message: `The lab host ${host.name} ${leader === 'ended' ? 'ended while it booted' : 'did not boot'}: ${await lastLines(logFile)}`,
      hint: `All it said is in ${logFile}. vhive-coord up --simulate 4 needs no lab.`,
    });
  }
  const booted: LabHost = { ...host, leaderPid: leader };
  const wait = ['systemctl', 'is-system-running', '--wait'];
  const options = { reject: false, timeout: bootLimit, signal: context.signal } as const;
  const { stdout: state, stderr, signal: endedBy } = await labExec(booted, wait, options);
  context.signal?.throwIfAborted();
  if (state === 'degraded') {
    const failed = await labExec(booted, ['systemctl', 'list-units', '--failed', '--plain', '--no-legend'], options);
    context.log(`${host.name} has booted, but units failed: ${failed.stdout.trim().replace(/\s*\n\s*/g, '; ')}`);
  } else if (state !== 'running') {
    throw new VhiveError({
      code: endedBy ? 'timeout' : 'preflight',
      message: `The lab host ${host.name} did not finish booting: ${[state, stderr].filter(Boolean).join(', ')}`,
      hint: `vhive-coord lab exec ${host.name} -- systemctl list-jobs`,
    });
  }
  return booted;
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-8).join('\n') || 'it said nothing';
}

/** systemd answers systemctl once its private socket is there. */
function isListening(leader: number): boolean {
  return existsSync(`/proc/${leader}/root/run/systemd/private`);
}
