import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addToImageIndex, IMAGE_INDEX } from '@vhive/base/image-index';
import { type Architecture, machineArchitecture } from './architecture.ts';
import { writeChecksum } from './checksums.ts';
import { runCommand } from './command.ts';
import { type PackageVersions, unpackPackages } from './debian/debian-packages.ts';
import { unpackKubernetesSource } from './debian/debian-source.ts';
import { downloadFolder, downloadPackages } from './debian/package-downloads.ts';
import { FinishedParts, inputKey } from './finished-parts.ts';
import { buildPrograms } from './go/go-build.ts';
import { goToolchain } from './go/go-toolchain.ts';
import { imageArchivePath, writeImageArchive } from './images/image-archive.ts';
import { imageContent } from './images/images.ts';
import { sizeOnDisk } from './left-overs.ts';
import { generateOpenapiDefinitions } from './openapi-definitions.ts';
import type { MirrorPaths } from './paths.ts';
import { replaceTree } from './replace-tree.ts';
import { standInImage } from './stack/index.ts';
import { filesBelow, type MirrorStamp, mirrorInputs, writeStamp } from './stamp.ts';
import { writeUpstreamFiles } from './upstream-files.ts';
import { mirrorVersions } from './versions.ts';

/** What every part of the build is given. */
interface BuildContext {
  readonly paths: MirrorPaths;
  readonly architecture: Architecture;
  readonly parts: FinishedParts;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Builds the mirror tree. An interrupted build is continued where it stopped. The caller must hold the lock. */
export async function buildMirror(
  paths: MirrorPaths,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<MirrorStamp> {
  await mkdir(paths.build, { recursive: true });
  const architecture = await machineArchitecture(signal);
  const context = { paths, architecture, parts: new FinishedParts(paths.finished), log, signal };
  const packages = await downloadPackages(paths, architecture.name, context.parts, log, signal);
  await unpack(context, packages);
  await compile(context, packages);
  return assemble(context, packages);
}

async function unpack({ paths, parts, log, signal }: BuildContext, packages: PackageVersions): Promise<void> {
  const key = inputKey(packages);
  await parts.once('trees', key, async () => {
    log(`unpacking Go and the Kubernetes source ${packages.kubernetes} (850 MB)`);
    for (const tree of [paths.tools, paths.debian]) await rm(tree, { recursive: true, force: true });
    await unpackPackages(downloadFolder(paths, 'tools'), paths.tools, signal);
    for (const folder of ['image', 'payload', 'extras'] as const) {
      await unpackPackages(downloadFolder(paths, folder), paths.debian, signal);
    }
    await unpackKubernetesSource(downloadFolder(paths, 'source'), paths.kubernetes, paths.tools, signal);
  });
}

async function compile(context: BuildContext, packages: PackageVersions): Promise<void> {
  const { paths, architecture, parts, log, signal } = context;
  const toolchain = await goToolchain(paths, architecture.name);
  await parts.once('openapi', inputKey(packages), async () => {
    log('generating the OpenAPI definitions of Kubernetes');
    await generateOpenapiDefinitions(paths, toolchain, signal);
  });
  await parts.once('programs', mirrorInputs(packages), async () => {
    const hasCache = (await sizeOnDisk(paths.goCache, signal)) > 1e9;
    const duration = hasCache ? 'a minute: the compiler cache is kept' : '6 to 9 minutes on two CPUs, only once';
    const { kubernetes, standIn } = mirrorVersions(packages, []);
    log(`compiling Kubernetes ${kubernetes} (about ${duration})`);
    await buildPrograms(paths, toolchain, { kubernetes, debian: packages.kubernetes ?? '', standIn }, log, signal);
  });
}

async function assemble(context: BuildContext, debianPackages: PackageVersions): Promise<MirrorStamp> {
  const { paths, architecture, log, signal } = context;
  const { kubernetes, standIn, registry } = mirrorVersions(debianPackages, []);
  const images = [
    ...(await imagesOfKubeadm(paths, kubernetes, signal)),
    ...[standInImage(standIn), `docker.io/library/registry:${registry}`],
  ];
  const versions = mirrorVersions(debianPackages, images);
  log(`writing archives and ${images.length} container images`);
  await rm(paths.staging, { recursive: true, force: true });
  await writeUpstreamFiles(paths.staging, paths, versions, architecture, signal);
  for (const reference of images) {
    const file = join(paths.staging, imageArchivePath(reference));
    const content = await imageContent(reference, paths, architecture, signal);
    await writeImageArchive(file, content, join(paths.build, 'image'), signal);
    const sha256 = await writeChecksum(file, `${file}.sha256`, 'bare', signal);
    const { size: bytes } = await stat(file);
    const path = imageArchivePath(reference);
    await addToImageIndex(paths.staging, {
      ref: reference,
      arch: architecture.name,
      path,
      sha256,
      bytes,
      digest: null,
    });
  }
  // The lock file of the index is not part of the tree.
  await rm(join(paths.staging, `.${IMAGE_INDEX}.guard`), { force: true });
  const inputs = mirrorInputs(debianPackages);
  const files = await filesBelow(paths.staging);
  // A tree without a stamp is not valid, so nobody takes it for finished while it is replaced.
  await rm(paths.stamp, { force: true });
  await replaceTree(paths.staging, paths.mirror, IMAGE_INDEX, signal);
  const stamp = { inputs, debianPackages, architecture: architecture.name, versions, images, files };
  await writeStamp(paths.stamp, stamp);
  return stamp;
}

/** Returns the images that `kubeadm init` needs, as the kubeadm that was just built names them. */
async function imagesOfKubeadm(
  paths: MirrorPaths,
  version: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const args = ['config', 'images', 'list', '--kubernetes-version', `v${version}`];
  const list = await runCommand(join(paths.bin, 'kubeadm'), args, { purpose: 'asking kubeadm for its images', signal });
  return list.split('\n');
}
