import { mkdir, rm } from 'node:fs/promises';
import { machineArchitecture } from './architecture.ts';
import { assembleTree } from './assemble.ts';
import { compileStack } from './components/index.ts';
import { unpackPackages } from './debian/debian-packages.ts';
import { downloadFolder, downloadPackages } from './debian/package-downloads.ts';
import { FinishedParts, inputKey } from './finished-parts.ts';
import type { MirrorPaths } from './paths.ts';
import type { LabStack } from './stack-choice.ts';
import { type MirrorStamp, mirrorInputs } from './stamp.ts';
import { mirrorVersions } from './versions.ts';

/**
 * Builds the mirror tree with what a stack needs. An interrupted build is continued where it stopped. The caller must
 * hold the lock.
 */
export async function buildMirror(
  paths: MirrorPaths,
  stack: LabStack,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<MirrorStamp> {
  await mkdir(paths.build, { recursive: true });
  const architecture = await machineArchitecture(signal);
  const parts = new FinishedParts(paths.finished);
  const debianPackages = await downloadPackages(paths, architecture.name, parts, log, signal);
  await parts.once('trees', inputKey(debianPackages), async () => {
    await rm(paths.debian, { recursive: true, force: true });
    for (const folder of ['image', 'extras'] as const)
      await unpackPackages(downloadFolder(paths, folder), paths.debian, signal);
  });
  const compiled = await compileStack({ paths, architecture, stack, log, signal });
  const sources = { paths, architecture, versions: mirrorVersions(debianPackages), compiled };
  return assembleTree(stack, sources, { inputs: mirrorInputs(debianPackages), debianPackages }, log, signal);
}
