import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { defined, VhiveError } from '@vhive/shared';
import { type LabNames, labHostNames } from '../machine/names.ts';
import { isRunning } from '../machine/process.ts';
import type { LabHost, LabLog } from '../types.ts';
import { labExec } from './exec.ts';
import { kindOf } from './kinds.ts';

/** How long to wait before a host is looked at again, in milliseconds. */
const lookAgainAfter = 20;

/** What is needed to wait for a host. */
export interface BootWait {
  log: LabLog;
  signal?: AbortSignal | undefined;
  /** The boot before a reboot, as HostKind.bootOf names it. It does not count as booted. */
  previousBoot?: string | undefined;
}

/**
 * Waits until a host has booted, that is until its systemd has reached the default target. Units that failed are
 * reported and not thrown. Throws a VhiveError when the host ends or takes too long, or `interrupted` when the signal
 * aborts.
 */
export async function waitForBoot(
  names: LabNames,
  host: Omit<LabHost, 'leaderPid'>,
  context: BootWait,
): Promise<LabHost> {
  try {
    return await booted(names, host, context);
  } catch (error) {
    if (!context.signal?.aborted) throw error;
    const hint = `vhive-coord lab reboot ${host.name} waits for it again.`;
    throw new VhiveError({ code: 'interrupted', message: `Stopped while ${host.name} boots.`, hint, cause: error });
  }
}

async function booted(names: LabNames, host: Omit<LabHost, 'leaderPid'>, context: BootWait): Promise<LabHost> {
  const { log: logFile } = labHostNames(names, host.name);
  const { bootLimit } = kindOf(host);
  const leader = await newLeader(host, context);
  if (typeof leader !== 'number') {
    throw new VhiveError({
      code: leader === 'ended' ? 'preflight' : 'timeout',
      message: `The lab host ${host.name} ${leader === 'ended' ? 'ended while it booted' : 'did not boot'}: ${await lastLines(logFile)}`,
      hint: `All of its output is in ${logFile}. vhive-coord up --simulate 4 needs no lab.`,
    });
  }
  const running: LabHost = { ...host, leaderPid: leader };
  const wait = ['systemctl', 'is-system-running', '--wait'];
  const options = { reject: false, timeout: bootLimit, signal: context.signal } as const;
  const { stdout: state, stderr, signal: endedBy } = await labExec(running, wait, options);
  context.signal?.throwIfAborted();
  if (state === 'degraded') {
    const failed = await labExec(running, ['systemctl', 'list-units', '--failed', '--plain', '--no-legend'], options);
    context.log(`${host.name} has booted, but units failed: ${failed.stdout.trim().replace(/\s*\n\s*/g, '; ')}`);
  } else if (state !== 'running') {
    throw new VhiveError({
      code: endedBy ? 'timeout' : 'preflight',
      message: `The lab host ${host.name} did not finish booting: ${[state, stderr].filter(Boolean).join(', ')}`,
      hint: `vhive-coord lab exec ${host.name} -- systemctl list-jobs`,
    });
  }
  return running;
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-8).join('\n') || 'it said nothing';
}

/** Waits until a new boot of the host answers. `ended` means that there is no host any more, `late` that it took too long. */
async function newLeader(
  host: Omit<LabHost, 'leaderPid'>,
  { previousBoot, signal }: BootWait,
): Promise<number | 'ended' | 'late'> {
  const kind = kindOf(host);
  const end = performance.now() + kind.bootLimit;
  while (performance.now() < end) {
    if (!isRunning(host.supervisor)) return 'ended';
    const leaderPid = kind.leaderOf(host.supervisor);
    const boot = leaderPid === undefined ? undefined : await kind.bootOf({ ...host, leaderPid });
    if (leaderPid !== undefined && boot !== undefined && boot !== previousBoot) return leaderPid;
    await delay(lookAgainAfter, undefined, defined({ signal }));
  }
  return 'late';
}
