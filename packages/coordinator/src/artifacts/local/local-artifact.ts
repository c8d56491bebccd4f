import { open, stat } from 'node:fs/promises';
import { hashFile } from '@vhive/base/files/hash-file';
import { type ArtifactRef, messageOf, type Params, VhiveError } from '@vhive/shared';
import type { ArtifactStore } from '../store.ts';
import { packTree } from './pack-tree.ts';

/** What became of a file or folder of this host. */
export interface LocalArtifact {
  artifact: ArtifactRef;
  /** Whether the store had it already. */
  there: boolean;
}

/**
 * Brings a file, or an archive of a folder, of this host into the store. With `look`, it is only looked for there.
 * Throws VhiveError `usage` when the path cannot be read or is a pointer of Git LFS.
 */
export async function takeLocal(
  { name, path }: Params<'artifact.local'>,
  store: ArtifactStore,
  { look }: { look: boolean },
): Promise<LocalArtifact> {
  return await store.withScratchFile(async (scratch) => {
    const file = await fileOf(path, scratch);
    const { sha256, bytes } = await hashFile(file);
    const there = (await store.find(sha256)) !== undefined;
    if (!there && !look) await store.add(file, sha256);
    return { artifact: { name, sha256, bytes }, there };
  });
}

async function fileOf(path: string, scratch: string): Promise<string> {
  try {
    if ((await stat(path)).isDirectory()) {
      await packTree(path, scratch);
      return scratch;
    }
    if (await isPointer(path)) throw pointer(path);
    return path;
  } catch (cause) {
    if (cause instanceof VhiveError) throw cause;
    throw new VhiveError({
      code: 'usage',
      message: `${path} cannot be read: ${messageOf(cause)}`,
      hint: 'firecracker.vhiveTree must be a whole checkout of vHive on the host of the coordinator, readable by it',
      cause,
    });
  }
}

async function isPointer(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return buffer.subarray(0, bytesRead).toString().startsWith('version https://git-lfs.github.com/');
  } finally {
    await file.close();
  }
}

function pointer(path: string): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `${path} is only a pointer of Git LFS`,
    hint: 'fetch the files themselves: git lfs install && git lfs pull, in that checkout',
  });
}
