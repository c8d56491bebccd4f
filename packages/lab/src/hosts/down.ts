import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { VhiveError } from '@vhive/shared';
import { findCgroups, processesIn, removeCgroup } from '../machine/cgroups.ts';
import { runTool } from '../machine/command.ts';
import { withLock } from '../machine/lock.ts';
import { attachedLoopDevices, detachLoopDevice } from '../machine/loop-devices.ts';
import { mountsBelow, unmountBelow } from '../machine/mounts.ts';
import { type LabNames, labNames } from '../machine/names.ts';
import { linkExists, removeMachineLink } from '../machine/network.ts';
import { isRunning, sendSignal, startTimeOf, waitUntil } from '../machine/process.ts';
import type { LabLog, ProcessIdentity } from '../types.ts';
import { allKinds } from './kinds.ts';
import { type LabSelector, stateDirOf } from './list.ts';
import { findSupervisors } from './supervisor.ts';

/**
 * The signal SIGRTMIN+14, on which systemd powers off at once without stopping units one by one: systemd(1). It ends an
 * emulator.
 */
const powerOffNow = 34 + 14;
/**
 * How long hosts may take to power off, in milliseconds. It is short because nothing needs to be saved on a disk that
 * is about to be removed. `killLimit` is also in milliseconds.
 */
const powerOffLimit = 3_000;
const killLimit = 5_000;

/**
 * Removes a lab. Hosts are powered off and then killed; their processes, cgroups, network, mounts, loop devices, trees
 * and logs are removed. Everything is found by names that derive from the state directory, so that a half-built or
 * forgotten lab is removed as well. The cache stays. Throws a VhiveError that lists what could not be removed.
 */
export async function labDown(options: LabSelector & { log?: LabLog } = {}): Promise<void> {
  const stateDir = stateDirOf(options);
  const names = labNames(stateDir);
  const { log = () => undefined } = options;
  await withLock(names.lockFile, 'this lab', { log }, async () => {
    await endProcesses(names);
    await removeMachineLink(names);
    await unmountBelow(stateDir);
    for (const device of await attachedLoopDevices(stateDir)) await detachLoopDevice(device);
    for (const group of await findCgroups(names.cgroup)) await removeCgroup(group);
    await removeTrees(names);
    await report(names, stateDir);
    for (const file of [names.stateFile, names.memoryFile, names.lockFile]) await rm(file, { force: true });
  });
  await rmdir(stateDir).catch(ignoring('it stays when anything else is in it, which does not belong to the lab'));
}

async function endProcesses(names: LabNames): Promise<void> {
  const supervisors = await findSupervisors(names);
  const haveEnded = () => !supervisors.some(isRunning);
  for (const signal of [powerOffNow, 'SIGKILL'] as const) {
    for (const leader of supervisors.flatMap(leadersOf)) signalLeader(leader, signal);
    await waitUntil(haveEnded, signal === 'SIGKILL' ? killLimit : powerOffLimit);
  }
  for (const supervisor of supervisors) sendSignal(supervisor, 'SIGKILL');
  const groups = await findCgroups(names.cgroup);
  const left = (await Promise.all(groups.map(processesIn))).flat();
  const identities = left.flatMap((pid): ProcessIdentity[] => {
    const startTime = startTimeOf(pid);
    return startTime === undefined ? [] : [{ pid, startTime }];
  });
  for (const identity of identities) sendSignal(identity, 'SIGKILL');
  await waitUntil(() => ![...supervisors, ...identities].some(isRunning), killLimit);
}

/** Returns the process that is the host of a supervisor, of whatever kind it is. Nothing but the process tells that. */
function leadersOf(supervisor: ProcessIdentity): number[] {
  return allKinds.flatMap((kind) => kind.leaderOf(supervisor) ?? []);
}

/** Signals a leader that was found only just now. It may have ended since. */
function signalLeader(leader: number, signal: NodeJS.Signals | number): void {
  const startTime = startTimeOf(leader);
  if (startTime !== undefined) sendSignal({ pid: leader, startTime }, signal);
}

async function removeTrees(names: LabNames): Promise<void> {
  const hosts = await readdir(names.hosts).catch(() => []);
  const directories = [...hosts.map((host) => join(names.hosts, host)), names.logs];
  // rm(1) stays on one file system here, because whatever is still mounted below does not belong to the lab.
  await Promise.all(
    directories.map((directory) =>
      runTool(['rm', '--recursive', '--force', '--one-file-system', directory], { doing: `removing ${directory}` }),
    ),
  );
  await rm(names.bridgeNamespace, { force: true });
  await rmdir(names.hosts).catch(ignoring('it is not empty, or gone already'));
}

/** Looks at everything once more, and throws when something is left. */
async function report(names: LabNames, stateDir: string): Promise<void> {
  const groups = await findCgroups(names.cgroup);
  const processes = (await Promise.all(groups.map(processesIn))).flat();
  const left = [
    ...(await Promise.all(processes.map(async (pid) => `process ${pid} (${await commandName(pid)})`))),
    ...groups.map((group) => `control group ${group}`),
    ...(await mountsBelow(stateDir)).map((target) => `mount ${target}`),
    ...(await attachedLoopDevices(stateDir)).map((device) => `loop device ${device}`),
    ...((await linkExists(names.machineLink)) ? [`network interface ${names.machineLink}`] : []),
    ...(await readdir(names.hosts).catch(() => [])).map((host) => `directory ${join(names.hosts, host)}`),
  ];
  if (left.length === 0) return;
  throw new VhiveError({
    code: 'internal',
    message: `The lab is down but for: ${left.join(', ')}.`,
    hint: 'End what uses it, then once more: vhive-coord lab down',
  });
}

async function commandName(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'gone')).trim();
}
