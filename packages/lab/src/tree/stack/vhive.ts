import { createHash } from 'node:crypto';
import { catalogue } from '@vhive/core/versions/catalogue';
import type { StackManifest } from './objects.ts';

/** The ref of vHive under which the stand-ins are found: the cluster file says `firecracker.vhiveRef: standin`. */
export const vhiveRef = 'standin';

/**
 * In place of the files in git LFS of vHive's bin/, with their pointers: hosts of the lab have neither KVM nor
 * device-mapper, so nothing could run. They let the set-up come as far as a thin pool is needed.
 */
export function vhiveFiles(): StackManifest[] {
  const files = { ...catalogue.vhiveBinaries.files, ...catalogue.vhiveKernel.files };
  return Object.entries(files).flatMap(([name, { url, lfsPointerUrl }]) => {
    if (lfsPointerUrl === undefined) return [];
    const text = `#!/bin/sh\n# A stand-in of the vHive lab for ${name}: hosts of the lab cannot run microVMs.\nexit 1\n`;
    const oid = createHash('sha256').update(text).digest('hex');
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${Buffer.byteLength(text)}\n`;
    return [
      { address: place(url), text },
      { address: place(lfsPointerUrl), text: pointer },
    ];
  });
}

const place = (url: string) => url.replace(/^https:\/\//, '').replaceAll('{version}', vhiveRef);
