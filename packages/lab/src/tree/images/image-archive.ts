import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileDigest } from '@vhive/base/files/hash-file';
import type { ImageFile } from '../debian/shared-libraries.ts';
import { archiveTime, writeTar } from '../tarballs.ts';

/** A container image of one layer. Paths in it have no first slash. */
export interface ImageContent {
  /** The repository with its registry and tag, such as `k8s.gcr.io/pause:3.2`. */
  readonly reference: string;
  readonly architecture: string;
  /** The image configuration, described at https://github.com/opencontainers/image-spec/blob/main/config.md */
  readonly config: {
    readonly User?: string;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
  };
  readonly files: readonly ImageFile[];
  readonly directories?: readonly string[];
  /** The links in the image: the path of each, and its target. */
  readonly links?: Readonly<Record<string, string>>;
}

/**
 * Writes an image as a docker-archive (`docker save`), which `ctr images import` and `docker load` read. The same
 * content gives the same bytes. `file` appears only when it is complete. The format is described at
 * https://github.com/moby/moby/blob/master/image/spec/spec.md, "Combined Image JSON + Filesystem Changeset".
 *
 * @param workDirectory an empty or absent folder for the layer; it is removed afterwards
 */
export async function writeImageArchive(
  file: string,
  image: ImageContent,
  workDirectory: string,
  signal?: AbortSignal,
): Promise<void> {
  const [rootFileSystem, parts] = [join(workDirectory, 'rootfs'), join(workDirectory, 'parts')];
  await rm(workDirectory, { recursive: true, force: true });
  await mkdir(parts, { recursive: true });
  await layOutFiles(rootFileSystem, image);
  const layer = join(parts, 'layer.tar');
  await writeTar(layer, rootFileSystem, { signal });
  const created = new Date(archiveTime * 1000).toISOString();
  const configuration = JSON.stringify({
    created,
    architecture: image.architecture,
    os: 'linux',
    config: image.config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${await fileDigest(layer, signal)}`] },
    history: [{ created, created_by: 'vhive-coord lab' }],
  });
  const configurationName = `${createHash('sha256').update(configuration).digest('hex')}.json`;
  const manifest = [{ Config: configurationName, RepoTags: [image.reference], Layers: ['layer.tar'] }];
  await writeFile(join(parts, configurationName), configuration);
  await writeFile(join(parts, 'manifest.json'), JSON.stringify(manifest));
  await mkdir(dirname(file), { recursive: true });
  await writeTar(`${file}.partial`, parts, { entries: ['manifest.json', configurationName, 'layer.tar'], signal });
  await rename(`${file}.partial`, file);
  await rm(workDirectory, { recursive: true });
}

async function layOutFiles(root: string, image: ImageContent): Promise<void> {
  await mkdir(join(root, 'tmp'), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
  for (const directory of image.directories ?? []) await mkdir(join(root, directory), { recursive: true });
  for (const { source, target } of image.files) {
    await mkdir(dirname(join(root, target)), { recursive: true });
    await copyFile(source, join(root, target), constants.COPYFILE_FICLONE);
    const isExecutable = ((await stat(source)).mode & 0o100) !== 0;
    await chmod(join(root, target), isExecutable ? 0o755 : 0o644);
  }
  for (const [path, target] of Object.entries(image.links ?? {})) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }
}

/** Returns the path of an image's archive in the mirror tree: `<registry>/<repository>/<tag>.tar`. */
export function imageArchivePath(reference: string): string {
  const colon = reference.lastIndexOf(':');
  return `${reference.slice(0, colon)}/${reference.slice(colon + 1)}.tar`;
}
