import { join } from 'node:path';
import { type FinishedParts, inputKey } from '../finished-parts.ts';
import { imagePackages } from '../images/kubernetes.ts';
import type { MirrorPaths } from '../paths.ts';
import { extraPackages } from '../upstream-files.ts';
import { type PackageVersions, packageVersions } from './debian-packages.ts';
import { PrivateApt } from './private-apt.ts';

/** The purposes of the downloaded packages: `image` for the images, `extras` for the image registry. */
export type DownloadPurpose = 'image' | 'extras';

/** Returns the folder with the package files of a purpose. */
export function downloadFolder(paths: MirrorPaths, purpose: DownloadPurpose): string {
  return join(paths.apt, purpose);
}

/**
 * Downloads every Debian package that the build needs (15 MB, kept for later builds) unless it is there already.
 * Returns their versions.
 *
 * @param architecture Debian's name of the architecture
 */
export async function downloadPackages(
  paths: MirrorPaths,
  architecture: string,
  parts: FinishedParts,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<PackageVersions> {
  const wanted = { image: imagePackages, extras: extraPackages } as const;
  await parts.once('packages', inputKey(architecture, wanted), async () => {
    log(`downloading Debian packages: ${[...imagePackages, ...extraPackages].join(', ')}`);
    const apt = new PrivateApt(paths.apt, log, signal);
    await apt.update();
    await apt.downloadWithDependencies(imagePackages, downloadFolder(paths, 'image'));
    await apt.download(extraPackages, downloadFolder(paths, 'extras'));
    await apt.forgetLists();
  });
  return {
    ...(await packageVersions(downloadFolder(paths, 'extras'), signal)),
    ...(await packageVersions(downloadFolder(paths, 'image'), signal)),
  };
}
