import { join } from 'node:path';
import { type FinishedParts, inputKey } from '../finished-parts.ts';
import { toolPackages } from '../go/go-toolchain.ts';
import { imagePackages } from '../images/images.ts';
import type { MirrorPaths } from '../paths.ts';
import { extraPackages, payloadPackages } from '../upstream-files.ts';
import { type PackageVersions, packageVersions } from './debian-packages.ts';
import { sourcePackageVersion } from './debian-source.ts';
import { PrivateApt } from './private-apt.ts';

/**
 * The purposes of the downloaded packages: `tools` for building, `payload` for the publishers' archives, `image` for
 * the images, `extras` for the sandbox and the image registry, and `source` for the Kubernetes source.
 */
export type DownloadPurpose = 'tools' | 'payload' | 'image' | 'extras' | 'source';

/** Returns the folder with the package files of a purpose. */
export function downloadFolder(paths: MirrorPaths, purpose: DownloadPurpose): string {
  return join(paths.apt, purpose);
}

/**
 * Downloads every Debian package that the build needs (170 MB, kept for later builds) unless it is there already.
 * Returns their versions, in which `kubernetes` is that of the source package.
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
  const key = inputKey(architecture, toolPackages, payloadPackages, imagePackages);
  await parts.once('packages', key, async () => {
    log('downloading Debian packages: Kubernetes source, Go, containerd, runc, CNI plugins, etcd, iptables (170 MB)');
    const apt = new PrivateApt(paths.apt, log, signal);
    await apt.update();
    await apt.downloadSource('kubernetes', downloadFolder(paths, 'source'));
    await apt.download(toolPackages, downloadFolder(paths, 'tools'));
    await apt.download(payloadPackages, downloadFolder(paths, 'payload'));
    await apt.downloadWithDependencies(imagePackages, downloadFolder(paths, 'image'));
    await apt.forgetLists();
  });
  // The extras are a part of their own, so that whoever has the others need not fetch those again.
  await parts.once('packages-extras', inputKey(architecture, extraPackages), async () => {
    log(`downloading Debian packages: ${extraPackages.join(', ')} (13 MB)`);
    const apt = new PrivateApt(paths.apt, log, signal);
    await apt.update();
    await apt.download(extraPackages, downloadFolder(paths, 'extras'));
    await apt.forgetLists();
  });
  return {
    ...(await packageVersions(downloadFolder(paths, 'extras'), signal)),
    ...(await packageVersions(downloadFolder(paths, 'image'), signal)),
    ...(await packageVersions(downloadFolder(paths, 'payload'), signal)),
    ...(await packageVersions(downloadFolder(paths, 'tools'), signal)),
    kubernetes: await sourcePackageVersion(downloadFolder(paths, 'source')),
  };
}
