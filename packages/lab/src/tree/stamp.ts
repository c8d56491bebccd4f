import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { ignoring } from '@vhive/base/ignoring';
import { componentsDigest } from './components/inputs.ts';
import type { PackageVersions } from './debian/debian-packages.ts';
import { inputKey } from './finished-parts.ts';
import { publisherInputs } from './publishers/publishers.ts';
import type { LabSource } from './source-choice.ts';
import { covers, type LabStack } from './stack-choice.ts';
import { kn } from './stand-ins/kn.ts';
import { netIstioManifest } from './stand-ins/net-istio.ts';
import { stargzStore } from './stand-ins/stargz-store.ts';
import { vhiveFiles, vhiveSource } from './stand-ins/vhive.ts';
import { type MirrorVersions, mirrorVersions } from './versions.ts';

/** A number to raise when the build makes something else of the same inputs. */
const recipeVersion = 3;

/** What a finished tree was made from and what it holds. It is written last, beside the tree. */
export interface MirrorStamp {
  /** Where the tree is from. */
  readonly source: LabSource;
  /** The {@link mirrorInputs} of `debianPackages`, or the {@link publisherInputs}. */
  readonly inputs: string;
  /** What the tree has everything for. */
  readonly stack: LabStack;
  /** The name and version of every Debian package that a compiled tree was made with. */
  readonly debianPackages: PackageVersions;
  readonly architecture: string;
  readonly versions: MirrorVersions;
  /** The references of the images in the tree. */
  readonly images: readonly string[];
  /** The size of each file in bytes, by its path in the tree. */
  readonly files: Readonly<Record<string, number>>;
}

/**
 * Returns a digest of everything that decides the tree's content: the recipe, what is compiled, the versions, the lab's
 * own manifests, the Debian packages.
 */
export function mirrorInputs(debianPackages: PackageVersions): string {
  const standIns = [kn, stargzStore, netIstioManifest(), vhiveFiles(), vhiveSource()];
  const debian = Object.entries(debianPackages).toSorted();
  return inputKey(recipeVersion, componentsDigest(), mirrorVersions(debianPackages), standIns, debian);
}

/** Returns what a stamp says, whether it holds or not; undefined where there is none. */
export async function readStamp(file: string): Promise<MirrorStamp | undefined> {
  const text = await readFile(file, 'utf8').catch(ignoring('no stamp: the tree has to be built'));
  // A valid stamp was written by this code and atomically. Any other content is not a stamp of this recipe.
  return text === undefined ? undefined : parseStamp(text);
}

/**
 * Returns the stamp of the tree if the tree is complete, was made by this recipe, has what a stack needs and is from the
 * source that was asked for, otherwise undefined. This takes a few milliseconds.
 */
export async function readValidStamp(
  file: string,
  tree: string,
  wanted: { stack: LabStack; source?: LabSource | undefined },
): Promise<MirrorStamp | undefined> {
  const stamp = await readStamp(file);
  if (stamp === undefined || !covers(stamp.stack, wanted.stack) || stamp.inputs !== inputsNow(stamp)) return undefined;
  if (wanted.source !== undefined && wanted.source !== stamp.source) return undefined;
  const present = await Promise.all(
    Object.entries(stamp.files).map(async ([path, size]) => (await sizeOf(join(tree, path))) === size),
  );
  return present.every((isThere) => isThere) ? stamp : undefined;
}

const inputsNow = ({ source, debianPackages }: MirrorStamp) =>
  source === 'publishers' ? publisherInputs() : mirrorInputs(debianPackages);

function parseStamp(text: string): MirrorStamp | undefined {
  try {
    const value: Partial<MirrorStamp> | null = JSON.parse(text);
    if (value?.inputs === undefined || value.debianPackages === undefined || value.files === undefined)
      return undefined;
    // Stamps of before there was a choice do not say where the tree is from.
    return { source: 'compile', ...value } as MirrorStamp;
  } catch {
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(ignoring('a file that is missing has no size'));
  return found?.size;
}

/** Returns the path and the size of every file below a folder. */
export async function filesBelow(directory: string): Promise<Record<string, number>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    paths.map(async (path) => [relative(directory, path), (await stat(path)).size] as const),
  );
  return Object.fromEntries(sizes.toSorted());
}

/** Writes the stamp in such a way that a crash leaves the old one, none, or the whole new one. */
export async function writeStamp(file: string, stamp: MirrorStamp): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(stamp, undefined, 2)}\n`, { mode: 0o644 });
}
