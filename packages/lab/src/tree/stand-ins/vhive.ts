import { createHash } from 'node:crypto';
import { catalogue } from '@vhive/core/versions/catalogue';
import { STAND_IN_KERNEL, standInVhiveSource } from '@vhive/core/versions/vhive-stand-in';
import { VHIVE_REPOSITORY } from '@vhive/shared';
import type { PublishedManifest } from '../manifests/published-manifest.ts';

/**
 * The ref of vHive under which the stand-ins are found. The cluster file selects it by `firecracker.vhiveRef: standin`.
 */
const vhiveRef = 'standin';

/**
 * Returns stand-ins, with their pointers, for the files of vHive's bin/ that are in git LFS. Hosts of the lab have
 * neither KVM nor device-mapper, so the real files could not run. The stand-ins let the set-up come as far as the step
 * that needs a thin pool.
 */
export function vhiveFiles(): PublishedManifest[] {
  const files = {
    ...catalogue.vhiveBinaries.files,
    ...catalogue.vhiveKernel.files,
    ...catalogue.vhiveStargzBinaries.files,
  };
  return Object.entries(files).flatMap(([name, { url, lfsPointerUrl }]) => {
    if (lfsPointerUrl === undefined) return [];
    const text = `#!/bin/sh\n# A stand-in of the vHive lab for ${name}: hosts of the lab cannot run microVMs.\nexit 1\n`;
    const oid = createHash('sha256').update(text).digest('hex');
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${Buffer.byteLength(text)}\n`;
    return [
      { address: pathOf(url), text },
      { address: pathOf(lfsPointerUrl), text: pointer },
    ];
  });
}

const pathOf = (url: string) =>
  url
    .replace(/^https:\/\//, '')
    .replaceAll('{repository}', VHIVE_REPOSITORY)
    .replaceAll('{version}', vhiveRef)
    .replaceAll('{kernel}', STAND_IN_KERNEL);

/** The address in the tree of the archive of vHive's source. */
export const vhiveSourceAddress = pathOf(catalogue.vhiveSource.files['vhive-source'].url);

/** Returns the files of that archive, by their paths in it. */
export function vhiveSource(): Record<string, string> {
  const files = Object.entries(standInVhiveSource('current'));
  return Object.fromEntries(files.map(([path, text]) => [`vHive-${vhiveRef}/${path}`, text]));
}
