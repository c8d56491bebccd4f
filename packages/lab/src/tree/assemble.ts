import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addToImageIndex, IMAGE_INDEX } from '@vhive/base/image-index';
import { writeChecksum } from './checksums.ts';
import { runCommand } from './command.ts';
import { finishTree } from './finish-tree.ts';
import { imageArchivePath, writeImageArchive } from './images/image-archive.ts';
import type { ImageSources } from './images/image-plan.ts';
import { stackImages, withLibraries } from './images/images.ts';
import type { LabStack } from './stack-choice.ts';
import type { MirrorStamp } from './stamp.ts';
import { writeUpstreamFiles } from './upstream-files.ts';

/**
 * Puts the mirror tree together from the compiled programs, and puts it in the place of the one before. Returns its
 * stamp, which is written last.
 *
 * @param inputs the digest of everything that the tree is made from, and the Debian packages among it
 */
export async function assembleTree(
  stack: LabStack,
  sources: ImageSources,
  made: Pick<MirrorStamp, 'inputs' | 'debianPackages'>,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<MirrorStamp> {
  const { paths, architecture, versions } = sources;
  await rm(paths.staging, { recursive: true, force: true });
  const plans = await stackImages(stack, await imagesOfKubeadm(sources, signal), sources);
  log(`writing archives, manifests and ${plans.length} container images`);
  await writeUpstreamFiles(paths.staging, stack, sources, signal);
  for (const plan of plans) {
    const path = imageArchivePath(plan.reference);
    const file = join(paths.staging, path);
    await writeImageArchive(file, await withLibraries(plan, sources, signal), join(paths.build, 'image'), signal);
    const sha256 = await writeChecksum(file, `${file}.sha256`, 'bare', signal);
    const { size: bytes } = await stat(file);
    const entry = { ref: plan.reference, arch: architecture.name, path, sha256, bytes, digest: null };
    await addToImageIndex(paths.staging, entry);
  }
  // The lock file of the index is not part of the tree.
  await rm(join(paths.staging, `.${IMAGE_INDEX}.guard`), { force: true });
  const images = plans.map(({ reference }) => reference);
  const about = { ...made, source: 'compile', stack, architecture: architecture.name, versions, images } as const;
  return await finishTree(paths, paths.staging, about, signal);
}

/** Returns the images that `kubeadm init` needs, as the kubeadm that was just built names them. */
async function imagesOfKubeadm(
  { compiled, versions }: ImageSources,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const args = ['config', 'images', 'list', '--kubernetes-version', `v${versions.kubernetes}`];
  const kubeadm = compiled.program('kubernetes', 'kubeadm');
  const list = await runCommand(kubeadm, args, { purpose: 'asking kubeadm for its images', signal });
  return list.split('\n');
}
