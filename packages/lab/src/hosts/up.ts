import { chmod, mkdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { VhiveError } from '@vhive/shared';
import pLimit from 'p-limit';
import { ensureAptRepository } from '../base-tree/apt-repository.ts';
import { type CacheContext, ensureBaseTree } from '../base-tree/base-tree.ts';
import { aptRepositoryTarget } from '../base-tree/early-boot.ts';
import { ensureInotifyInstances } from '../machine/inotify-instances.ts';
import { loadKernelModules } from '../machine/kernel-modules.ts';
import { withLock } from '../machine/lock.ts';
import { labNames } from '../machine/names.ts';
import { ensureBridge } from '../machine/network.ts';
import { installPrerequisites } from '../machine/prerequisites.ts';
import { isRunning } from '../machine/process.ts';
import { chooseSubnet, hostAddress } from '../machine/subnet.ts';
import type { LabHost, LabHostKind, LabUpOptions } from '../types.ts';
import { waitForBoot } from './boot-wait.ts';
import { labCheck } from './check.ts';
import { updateHostsFile, withLabHosts } from './hosts-file.ts';
import type { MakeDisk } from './kind.ts';
import { kindOf } from './kinds.ts';
import { runningHost } from './list.ts';
import { type LabHostState, type LabState, readLabState, writeLabState } from './state.ts';

/** The number of the first host's address in the lab's network: host-1 has .11. */
const firstAddress = 11;
const mostHosts = 200;

/**
 * Makes sure that so many real hosts of each kind run, and returns all of them. Hosts that run are kept as they are, hosts
 * that are off are switched on with the disk they had, and missing hosts are made; all at the same time. It installs what
 * the machine lacks, and makes the base tree and the package repository the first time.
 */
export async function labUp(options: LabUpOptions): Promise<LabHost[]> {
  validate(options);
  const { cacheDir, stateDir, log, signal } = options;
  await labCheck({ stateDir });
  await installPrerequisites(log, signal);
  await loadKernelModules(log);
  const base = await ensureBaseTree({ cacheDir, log, signal });
  const repository = await ensureAptRepository(base, { cacheDir, log, signal });
  const binds = [...options.binds, { source: repository, target: aptRepositoryTarget, readOnly: true }];
  const names = labNames(stateDir);
  await mkdir(names.hosts, { recursive: true });
  await chmod(stateDir, 0o700);
  return withLock(names.lockFile, 'this lab', { log, signal }, async () => {
    const state = await plannedState(options, binds);
    const containers = state.hosts.filter((host) => host.kind === 'container').length;
    await ensureInotifyInstances({ hosts: containers, cgroup: names.cgroup, log });
    await writeLabState(names.stateFile, state);
    const makers = await preparedKinds(state, { cacheDir, log, signal });
    await ensureBridge(names, state.subnet);
    const gateway = hostAddress(state.subnet, 1);
    const hostsFile = withLabHosts('', state.hosts);
    const saves = pLimit(1);
    const results = await Promise.allSettled(
      state.hosts.map(async (host) => {
        const kind = kindOf(host);
        const { name, address } = host;
        await makers.get(host.kind)?.(names, { name, address, gateway, hostsFile, signal });
        let { supervisor } = host;
        if (supervisor === undefined || !isRunning(supervisor)) {
          signal?.throwIfAborted();
          const started = await kind.start(names, { name, address, subnet: state.subnet, binds: state.binds });
          ({ supervisor } = Object.assign(host, started));
          await saves(() => writeLabState(names.stateFile, state));
        }
        const tree = kind.diskOf(names, name);
        const booted = await waitForBoot(names, { name, kind: host.kind, address, tree, supervisor }, { log, signal });
        await updateHostsFile(booted, state.hosts);
        return booted;
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (signal?.aborted) {
      const hint = 'The same command goes on where it was; vhive-coord lab down removes everything.';
      throw new VhiveError({ code: 'interrupted', message: 'The lab was stopped while its hosts started.', hint });
    }
    if (failed !== undefined) throw failed.reason;
    return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  });

  /** Returns the state of the lab with the missing hosts added. */
  async function plannedState(wanted: LabUpOptions, wantedBinds: LabState['binds']): Promise<LabState> {
    const present = await readLabState(names.stateFile);
    const state: LabState = present ?? { version: 1, subnet: await chooseSubnet(), binds: wantedBinds, hosts: [] };
    addMissing(state, 'container', wanted.hosts);
    addMissing(state, 'emulated', wanted.emulated ?? 0);
    const running = state.hosts.filter((host) => runningHost(host, names) !== undefined);
    const isSame = JSON.stringify(state.binds) === JSON.stringify(wantedBinds);
    if (!isSame && running.length > 0) {
      log(`directories shown to hosts change only when they start: ${nameList(running)} keep theirs`);
    }
    return { ...state, binds: wantedBinds };
  }
}

/** Adds hosts of a kind until there are `count`, with the next free names and addresses. */
function addMissing({ hosts, subnet }: LabState, kind: LabHostKind, count: number): void {
  for (let present = hosts.filter((host) => host.kind === kind).length; present < count; present += 1) {
    const number = hosts.length + 1;
    hosts.push({ name: `host-${number}`, kind, address: hostAddress(subnet, firstAddress - 1 + number), cgroups: [] });
  }
}

/** Makes what the hosts of each kind that the lab has are made from. */
async function preparedKinds({ hosts }: LabState, context: CacheContext): Promise<Map<LabHostKind, MakeDisk>> {
  const makers = new Map<LabHostKind, MakeDisk>();
  for (const kind of new Set(hosts.map((host) => host.kind))) makers.set(kind, await kindOf({ kind }).prepare(context));
  return makers;
}

function nameList(hosts: readonly LabHostState[]): string {
  return hosts.map((host) => host.name).join(', ');
}

function validate(options: LabUpOptions): void {
  const refuse = (message: string) => new VhiveError({ code: 'usage', message, hint: 'vhive-coord lab up --hosts 3' });
  const { hosts, emulated = 0 } = options;
  const all = hosts + emulated;
  if (!Number.isInteger(all) || Math.min(hosts, emulated) < 0 || all < 1 || all > mostHosts) {
    throw refuse(`A lab has 1 to ${mostHosts} hosts, not ${all}.`);
  }
  const paths = [options.cacheDir, options.stateDir, ...options.binds.flatMap((bind) => [bind.source, bind.target])];
  const relative = paths.find((path) => !isAbsolute(path));
  if (relative !== undefined) throw refuse(`The lab needs absolute paths; ${relative} is not one.`);
}
