import { mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '@vhive/base/files/hash-file';
import { ignoring } from '@vhive/base/ignoring';
import { catalogue } from '@vhive/core/versions/catalogue';
import { FROM_TREE, filesIn, resolveVersions } from '@vhive/core/versions/resolve';
import type { LockFile } from '../lock-file.ts';
import { mirrorPath } from '../sources/mirror-tree.ts';
import { packGoModules } from './pack-go-modules.ts';
import { needsOf } from './plan-needs.ts';
import type { PullOrder } from './pull-order.ts';
import type { PulledSource } from './read-sources.ts';
import type { Transfers } from './transfers.ts';

const INSTEAD = 'compiling vHive will ask the module proxy on the internet';

/**
 * Puts the modules with which vHive is compiled into the tree, if the plan compiles it and the plan's Go runs on this
 * machine.
 */
export async function pullVhiveModules(
  order: PullOrder,
  source: PulledSource | undefined,
  {
    transfers,
    lockFile,
    scratch,
    signal,
  }: { transfers: Transfers; lockFile: LockFile; scratch: string; signal: AbortSignal },
): Promise<void> {
  const { config, plans, directory, machine, goModules } = order;
  const plan = plans[machine] ?? Object.values(plans)[0];
  const files = plan === undefined ? [] : needsOf(plan).files;
  const goFile = files.find((one) => one.name === 'go');
  const go = goFile && join(directory, mirrorPath(goFile.url));
  const version = resolveVersions(config).vhiveSource;
  const { vhiveRepository: repository, vhiveTree } = config.firecracker;
  const modules = filesIn(catalogue.vhiveSource, { version, arch: machine, repository, kernel: FROM_TREE }).find(
    ({ name }) => name === 'vhive-modules',
  );
  if (go === undefined || source === undefined || modules === undefined) return;
  if (!goModules) return transfers.leaveOut(`Go modules of vHive (--no-go-modules): ${INSTEAD}`);
  if (!plans[machine])
    return transfers.leaveOut(`Go modules of vHive, as its Go does not run on ${machine}: ${INSTEAD}`);
  const { name, arch, url } = modules;
  const target = join(directory, mirrorPath(url));
  await transfers.run('modules', `Go modules of vHive ${version}`, async () => {
    const locked = await lockFile.find(url);
    const there =
      locked && (await hashFile(target).catch(ignoring('modules that the tree does not have whole are packed')));
    // A checkout may have changed under the same name.
    if (there && there.sha256 === locked.sha256 && vhiveTree === undefined)
      return { bytes: there.bytes, changed: false };
    for (const file of [go, source.archive]) await stat(file);
    const own = await mkdtemp(join(scratch, 'modules-'));
    if (!(await packGoModules({ go, source: source.archive }, target, { scratch: own, signal }))) return undefined;
    const { sha256, bytes } = await hashFile(target);
    // When the same modules are packed anew, the bytes of the archive may be others.
    if (locked) await lockFile.forget(url);
    await lockFile.record({ name, version, arch, url, sha256, bytes });
    return { bytes, changed: true };
  });
}
