import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../machine/command.ts';
import { withLock } from '../machine/lock.ts';
import { unmountBelow } from '../machine/mounts.ts';
import type { LabLog } from '../types.ts';
import type { AptSource } from './apt-sources.ts';
import { basePackages, emptyDirectories, removedPaths } from './base-packages.ts';
import { labLibrary } from './early-boot.ts';
import { aptFetchSettings, labRelease, machineDebianSources } from './machine-apt.ts';

/** A number to raise when the making of the tree changes in a way that its lists of packages and paths do not show. */
const recipeVersion = 1;

/** The source list that debootstrap wrote, as a path in the base tree. It names the archive that the tree came from. */
export const debootstrapSources = `${labLibrary}/debootstrap-sources.list`;

/** A finished base tree. */
export interface BaseTree {
  directory: string;
  /** The key of the tree, which changes when its recipe does. */
  key: string;
}

/** What work on the cache needs to know. */
export interface CacheContext {
  cacheDir: string;
  log: LabLog;
  signal?: AbortSignal | undefined;
}

/**
 * Returns the tree that all hosts are copies of. debootstrap makes it the first time (in less than a minute) and
 * whenever its recipe has changed. Trees of older recipes are removed. An interrupted try leaves nothing that would be
 * taken for a finished tree.
 */
export async function ensureBaseTree(context: CacheContext): Promise<BaseTree> {
  const recipe = [recipeVersion, labRelease, basePackages, removedPaths, emptyDirectories];
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
  const cache = join(context.cacheDir, 'lab');
  const tree: BaseTree = { directory: join(cache, `base-${key}`), key };
  if (await isFinished(tree.directory)) return tree;
  return withLock(join(cache, 'base.lock'), 'the base tree of the lab', context, async () => {
    if (await isFinished(tree.directory)) return tree;
    await removeOthers(cache, 'base-');
    const partial = `${tree.directory}.partial`;
    await makeTree(partial, context);
    await rename(partial, tree.directory);
    return tree;
  });
}

async function isFinished(directory: string): Promise<boolean> {
  return readdir(directory).then(
    () => true,
    () => false,
  );
}

/**
 * Removes the directories that older recipes and interrupted tries left, except for those that `isKept` wants to stay.
 * Their names start with `prefix`.
 */
export async function removeOthers(
  cache: string,
  prefix: string,
  isKept: (directory: string) => Promise<boolean> = async () => false,
): Promise<void> {
  const names = await readdir(cache, { withFileTypes: true });
  for (const name of names.filter((one) => one.isDirectory() && one.name.startsWith(prefix))) {
    const directory = join(cache, name.name);
    if (await isKept(directory)) continue;
    await unmountBelow(directory);
    await rm(directory, { recursive: true, force: true });
  }
}

async function makeTree(directory: string, context: CacheContext): Promise<void> {
  const source = (await machineDebianSources())[0];
  const from = source?.uri ?? "Debian's default mirror";
  context.log(`making the base tree of the lab: Debian ${labRelease} from ${from}, once; this takes about a minute`);
  const logFile = join(context.cacheDir, 'lab', 'base.log');
  await writeFile(logFile, '');
  const settings = await aptFetchSettings();
  const wgetrc = join(context.cacheDir, 'lab', 'base.wgetrc');
  if (settings.wgetConfiguration !== '') {
    const present = await readFile('/etc/wgetrc', 'utf8').catch(() => '');
    await writeFile(wgetrc, `${present}\n${settings.wgetConfiguration}`);
    settings.env.WGETRC = wgetrc;
  }
  await runTool(debootstrapCommand(directory, source), {
    doing: 'making the base tree with debootstrap',
    hint: 'Does apt-get update work on this machine? The lab fetches from the same archive.',
    env: settings.env,
    logFile,
    signal: context.signal,
  });
  await trimTree(directory);
}

function debootstrapCommand(directory: string, source: AptSource | undefined): [string, ...string[]] {
  const trust = source?.trusted ? ['--no-check-gpg'] : source?.signedBy ? [`--keyring=${source.signedBy}`] : [];
  // When no mirror is named, debootstrap uses Debian's own default.
  const mirror = source === undefined ? [] : [source.uri];
  const include = `--include=${basePackages.join(',')}`;
  return ['debootstrap', '--variant=minbase', include, ...trust, labRelease, directory, ...mirror];
}

async function trimTree(tree: string): Promise<void> {
  const sources = await readFile(join(tree, 'etc/apt/sources.list'), 'utf8');
  for (const path of removedPaths) await rm(join(tree, path), { recursive: true, force: true });
  for (const path of emptyDirectories) await mkdir(join(tree, path), { recursive: true });
  await mkdir(join(tree, labLibrary), { recursive: true });
  await writeFile(join(tree, debootstrapSources), sources);
}
