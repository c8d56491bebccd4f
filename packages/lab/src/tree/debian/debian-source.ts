import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { runCommand } from '../command.ts';

/** The files of a Debian source package of format 3.0 (quilt), as dpkg-source(1) names them. */
interface SourcePackageFiles {
  readonly version: string;
  readonly description: string;
  readonly original: string;
  readonly packaging: string;
}

async function sourcePackageFiles(directory: string): Promise<SourcePackageFiles> {
  const names = await readdir(directory);
  const find = (pattern: RegExp) => {
    const name = names.find((candidate) => pattern.test(candidate));
    if (name !== undefined) return join(directory, name);
    throw new VhiveError({
      code: 'internal',
      message: `No file matching ${pattern} in ${directory}: the Kubernetes source package is not of the expected format.`,
      hint: 'Delete that folder and start again.',
    });
  };
  const description = find(/\.dsc$/);
  const version = /^Version: *(\S+)/m.exec(await readFile(description, 'utf8'))?.[1] ?? '';
  return { version, description, original: find(/\.orig\.tar\.\w+$/), packaging: find(/\.debian\.tar\.\w+$/) };
}

/** Returns the Debian version of the source package whose files are in `directory`. */
export async function sourcePackageVersion(directory: string): Promise<string> {
  return (await sourcePackageFiles(directory)).version;
}

/**
 * Unpacks the Kubernetes source and applies Debian's patches. `dpkg-source -x` does the same, but would need dpkg-dev.
 * The tree appears at `target` only when it is complete.
 *
 * @param tools root of the unpacked build tools (patch, xz, newer vendored packages)
 */
export async function unpackKubernetesSource(
  directory: string,
  target: string,
  tools: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { original, packaging } = await sourcePackageFiles(directory);
  const partial = join(dirname(target), '.kubernetes.partial');
  for (const tree of [partial, target]) await rm(tree, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const purpose = 'unpacking the Kubernetes source';
  const xz = `--use-compress-program=${join(tools, 'usr/bin/xz')}`;
  await runCommand('tar', ['--extract', `--file=${original}`, '--strip-components=1'], {
    purpose,
    cwd: partial,
    signal,
  });
  await runCommand('tar', ['--extract', xz, `--file=${packaging}`], { purpose, cwd: partial, signal });
  const series = await readFile(join(partial, 'debian/patches/series'), 'utf8');
  for (const patch of series.split('\n').filter((line) => /^[^#\s]/.test(line))) {
    const args = ['--strip=1', '--batch', '--forward', '--quiet', `--input=debian/patches/${patch.trim()}`];
    await runCommand(join(tools, 'usr/bin/patch'), args, { purpose: `applying ${patch}`, cwd: partial, signal });
  }
  // The vendored reflect2 of 2018 reads run-time structures that Go has changed since then, and kubeadm panics with it.
  const reflect2 = 'github.com/modern-go/reflect2';
  await rm(join(partial, 'vendor', reflect2), { recursive: true });
  await cp(join(tools, 'usr/share/gocode/src', reflect2), join(partial, 'vendor', reflect2), { recursive: true });
  await rename(partial, target);
}
