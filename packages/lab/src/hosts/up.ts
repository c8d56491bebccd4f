import { chmod, mkdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { VhiveError } from '@vhive/shared';
import pLimit from 'p-limit';
import { ensureAptRepository } from '../base-tree/apt-repository.ts';
import { ensureBaseTree } from '../base-tree/base-tree.ts';
import { aptRepositoryTarget } from '../base-tree/early-boot.ts';
import { loadKernelModules } from '../machine/kernel-modules.ts';
import { withLock } from '../machine/lock.ts';
import { labHostNames, labNames } from '../machine/names.ts';
import { ensureBridge } from '../machine/network.ts';
import { installPrerequisites } from '../machine/prerequisites.ts';
import { isRunning } from '../machine/process.ts';
import { chooseSubnet, hostAddress } from '../machine/subnet.ts';
import type { LabHost, LabUpOptions } from '../types.ts';
import { startHost } from './boot.ts';
import { waitForBoot } from './boot-wait.ts';
import { labCheck } from './check.ts';
import { ensureHostTree, writeHostsFile } from './host-tree.ts';
import { runningHost } from './list.ts';
import { type LabHostState, type LabState, readLabState, writeLabState } from './state.ts';

/** The number of the first host's address in the lab's network: host-1 has .11. */
const firstAddress = 11;
const mostHosts = 200;
/** The number of copies of the base tree that are made at the same time. More would only make the disk seek. */
const parallelCopies = 4;

/**
 * Makes sure that `hosts` real hosts run, and returns all of them. Hosts that run are kept as they are, hosts that are
 * off are switched on with the disk they had, and missing hosts are made; all at the same time. It installs what the
 * machine lacks, and makes the base tree and the package repository the first time.
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
    await writeLabState(names.stateFile, state);
    await ensureBridge(names, state.subnet);
    const gateway = hostAddress(state.subnet, 1);
    const [copies, saves] = [pLimit(parallelCopies), pLimit(1)];
    const results = await Promise.allSettled(
      state.hosts.map(async (host) => {
        const tree = await copies(() => ensureHostTree(names, host.name, { base, gateway, signal }));
        await writeHostsFile(tree, state.hosts);
        let { supervisor } = host;
        if (supervisor === undefined || !isRunning(supervisor)) {
          signal?.throwIfAborted();
          const started = await startHost(names, { ...host, tree, subnet: state.subnet, binds: state.binds });
          ({ supervisor } = Object.assign(host, started));
          await saves(() => writeLabState(names.stateFile, state));
        }
        return waitForBoot(names, { name: host.name, address: host.address, tree, supervisor }, { log, signal });
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
    for (let number = state.hosts.length + 1; number <= wanted.hosts; number += 1) {
      const address = hostAddress(state.subnet, firstAddress - 1 + number);
      state.hosts.push({ name: `host-${number}`, address, cgroups: [] });
    }
    const running = state.hosts.filter((host) => runningHost(host, labHostNames(names, host.name).tree) !== undefined);
    const isSame = JSON.stringify(state.binds) === JSON.stringify(wantedBinds);
    if (!isSame && running.length > 0) {
      log(`directories shown to hosts change only when they start: ${nameList(running)} keep theirs`);
    }
    return { ...state, binds: wantedBinds };
  }
}

function nameList(hosts: readonly LabHostState[]): string {
  return hosts.map((host) => host.name).join(', ');
}

function validate(options: LabUpOptions): void {
  const refuse = (message: string) => new VhiveError({ code: 'usage', message, hint: 'vhive-coord lab up --hosts 3' });
  if (!Number.isInteger(options.hosts) || options.hosts < 1 || options.hosts > mostHosts) {
    throw refuse(`A lab has 1 to ${mostHosts} hosts, not ${options.hosts}.`);
  }
  const paths = [options.cacheDir, options.stateDir, ...options.binds.flatMap((bind) => [bind.source, bind.target])];
  const relative = paths.find((path) => !isAbsolute(path));
  if (relative !== undefined) throw refuse(`The lab needs absolute paths; ${relative} is not one.`);
}
