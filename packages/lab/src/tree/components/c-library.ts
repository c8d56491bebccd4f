import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackPackages } from '../debian/debian-packages.ts';
import { PrivateApt } from '../debian/private-apt.ts';
import { FinishedParts, inputKey } from '../finished-parts.ts';
import type { BuildKit } from './kit.ts';

/**
 * Returns the environment in which cgo finds a C library of Debian: its package is unpacked, never installed, and what
 * cgo asks of pkg-config is answered by a script.
 */
export async function linkingWith(
  library: { readonly package: string; readonly name: string },
  { paths, architecture, log, signal }: BuildKit,
): Promise<Record<string, string>> {
  const downloads = join(paths.apt, library.package);
  const parts = new FinishedParts(paths.finished);
  await parts.once(`packages-${library.package}`, inputKey(architecture.name, library), async () => {
    const apt = new PrivateApt(paths.apt, log, signal);
    await apt.update();
    await apt.download([library.package], downloads);
    await apt.forgetLists();
  });
  const root = join(paths.tools, library.package);
  await mkdir(paths.tools, { recursive: true });
  await unpackPackages(downloads, root, signal);
  const script = join(paths.tools, 'pkg-config');
  const answers = [
    `*--cflags*) echo '-I${join(root, 'usr/include')}' ;;`,
    `*--libs*) echo '-L${join(root, 'usr/lib', architecture.libraryFolder)} -l${library.name}' ;;`,
  ];
  await writeFile(script, ['#!/bin/sh', 'case "$*" in', ...answers, 'esac', ''].join('\n'), { mode: 0o755 });
  return { CGO_ENABLED: '1', PKG_CONFIG: script };
}
