import { mkdir, mkdtempDisposable, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labNames } from '../../machine/names.ts';
import { emulatedHostPaths } from './host-paths.ts';
import { isImageInUse, noteUser, removeUnusedImages } from './image-users.ts';

/** Makes a cache with images, and hosts whose disks are based on one of them. */
async function cacheWith(...images: string[]) {
  const directory = await mkdtempDisposable(join(tmpdir(), 'vhive-images-'));
  const cache = join(directory.path, 'cache');
  for (const image of images) await mkdir(join(cache, image), { recursive: true });
  const hostOf = (lab: string) => emulatedHostPaths(labNames(join(directory.path, lab)), 'host-1');
  return {
    cache,
    image: (name: string) => join(cache, name),
    host: async (lab: string, image: string) => {
      const paths = hostOf(lab);
      await mkdir(paths.directory, { recursive: true });
      await rm(paths.image, { force: true });
      await symlink(join(cache, image), paths.image);
      await noteUser(join(cache, image), paths);
      await writeFile(paths.disk, 'differs');
    },
    down: (lab: string) => rm(hostOf(lab).directory, { recursive: true }),
    [Symbol.asyncDispose]: () => directory.remove(),
  };
}

describe('removeUnusedImages', () => {
  it('keeps an image as long as one host of any lab is based on it', async () => {
    await using made = await cacheWith('emulated-old', 'emulated-older', 'emulated-new.partial', 'base-1');
    await made.host('a', 'emulated-old');
    await made.host('b', 'emulated-old');
    await removeUnusedImages(made.cache);
    expect((await readdir(made.cache)).toSorted()).toEqual(['base-1', 'emulated-old']);
    await made.down('a');
    await removeUnusedImages(made.cache);
    expect(await readdir(made.cache)).toContain('emulated-old');
    await made.down('b');
    await removeUnusedImages(made.cache);
    expect(await readdir(made.cache)).toEqual(['base-1']);
  });

  it('lets an image go whose host was made anew on another one', async () => {
    await using made = await cacheWith('emulated-1', 'emulated-2');
    await made.host('a', 'emulated-1');
    await made.host('a', 'emulated-2');
    expect(await isImageInUse(made.image('emulated-1'))).toBe(false);
    expect(await isImageInUse(made.image('emulated-2'))).toBe(true);
  });
});
