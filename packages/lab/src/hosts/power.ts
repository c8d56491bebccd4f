import { VhiveError } from '@vhive/shared';
import { withLock } from '../machine/lock.ts';
import { labNames } from '../machine/names.ts';
import { ensureBridge } from '../machine/network.ts';
import { isRunning, sendSignal, waitUntil } from '../machine/process.ts';
import type { LabHost, LabLog } from '../types.ts';
import { waitForBoot } from './boot-wait.ts';
import { labExec } from './exec.ts';
import { kindOf } from './kinds.ts';
import { type LabSelector, labHost, runningHost, stateDirOf, unknownHost } from './list.ts';
import { readLabState, writeLabState } from './state.ts';

/** What the commands about power need to know. */
export interface PowerOptions extends LabSelector {
  log?: LabLog;
  signal?: AbortSignal | undefined;
}

const rebootLimit = 120_000;

/**
 * Reboots a host as its own `systemctl reboot` does, and waits until it is up again with the same disk, name and
 * address. A host that is off is switched on. Several hosts can be rebooted at once.
 */
export async function labReboot(name: string, options: PowerOptions = {}): Promise<LabHost> {
  const names = labNames(stateDirOf(options));
  const { log = () => undefined, signal } = options;
  const state = await readLabState(names.stateFile);
  const host = state?.hosts.find((one) => one.name === name);
  if (state === undefined || host === undefined) throw await unknownHost(name, options);
  const running = runningHost(host, names);
  if (running === undefined) return await switchedOn(name, options);
  const kind = kindOf(host);
  const previousBoot = await kind.bootOf(running);
  // The answer may be lost together with the system that gives it.
  await labExec(running, ['systemctl', 'reboot'], { reject: false, timeout: rebootLimit, signal });
  const { leaderPid: _before, ...identity } = running;
  return await waitForBoot(names, identity, { log, signal, previousBoot });
}

/** Switches a host on that was off a moment ago. */
async function switchedOn(name: string, options: PowerOptions): Promise<LabHost> {
  const names = labNames(stateDirOf(options));
  const { log = () => undefined, signal } = options;
  const host = await withLock(names.lockFile, 'this lab', { log, signal }, async () => {
    const state = await readLabState(names.stateFile);
    const host = state?.hosts.find((one) => one.name === name);
    if (state === undefined || host === undefined) throw await unknownHost(name, options);
    const kind = kindOf(host);
    const identity = { name, kind: host.kind, address: host.address, tree: kind.diskOf(names, name) };
    const running = runningHost(host, names);
    // Another command was faster.
    if (running !== undefined) return { ...identity, supervisor: running.supervisor };
    await ensureBridge(names, state.subnet);
    const { supervisor } = Object.assign(
      host,
      await kind.start(names, { ...identity, subnet: state.subnet, binds: state.binds }),
    );
    await writeLabState(names.stateFile, state);
    return { ...identity, supervisor };
  });
  return await waitForBoot(names, host, { log, signal });
}

/** Cuts a host off from all others, or connects it again. The host itself keeps running and keeps its address. */
export async function labLink(name: string, link: 'up' | 'down', selector: LabSelector = {}): Promise<void> {
  const names = labNames(stateDirOf(selector));
  const state = await readLabState(names.stateFile);
  const host = state?.hosts.find((one) => one.name === name);
  if (host === undefined) throw await unknownHost(name, selector);
  await kindOf(host).setLink(names, name, link);
}

/**
 * Ends a host as a power cut does, by kill -9 of its systemd or its emulator, which ends all its processes as well. Its
 * disk stays.
 */
export async function labKill(name: string, selector: LabSelector = {}): Promise<void> {
  const { supervisor, leaderPid } = await labHost(name, selector);
  process.kill(leaderPid, 'SIGKILL');
  const hasEnded = await waitUntil(() => !isRunning(supervisor), 10_000);
  if (hasEnded) return;
  sendSignal(supervisor, 'SIGKILL');
  throw new VhiveError({ code: 'internal', message: `The lab host ${name} did not end within 10 s of kill -9.` });
}
