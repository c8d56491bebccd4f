import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { VhiveError } from '@vhive/shared';
import { type LabNames, labHostNames } from '../machine/names.ts';
import { isRunning, leaderOf, waitUntil } from '../machine/process.ts';
import type { LabHost, LabLog } from '../types.ts';
import { labExec } from './exec.ts';

/**
 * How long a host may take to reach its last boot target, in milliseconds. On an overloaded machine it needs many
 * seconds.
 */
const bootLimit = 120_000;

/** What is needed to wait for a host. */
export interface BootWait {
  log: LabLog;
  signal?: AbortSignal | undefined;
  /** The process of the host's systemd before a reboot. It does not count as booted. */
  previousLeader?: number | undefined;
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

/** Whether systemd answers systemctl, which it does once its private socket exists. */
function isListening(leader: number): boolean {
  return existsSync(`/proc/${leader}/root/run/systemd/private`);
}
