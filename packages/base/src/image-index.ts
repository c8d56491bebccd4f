import { join } from 'node:path';
import { messageOf, sha256, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import { readFileIfPresent, writeFileAtomic } from './files/atomic-file.ts';
import { withFileLock } from './files/file-lock.ts';

/** Name of the index at the root of a mirror tree. */
export const IMAGE_INDEX = 'images.json';

/** A container image in a mirror. */
export const mirroredImage = z.object({
  /** In full: `docker.io/library/nginx:latest`. */
  ref: z.string(),
  arch: z.string(),
  /** Of its archive, from the root of the tree. */
  path: z
    .string()
    .refine((path) => !path.split('/').some((part) => part === '' || part === '..'), 'leads out of the tree'),
  /** Of its archive. */
  sha256,
  bytes: z.number().int().nonnegative(),
  /** What its registry calls it, `sha256:<hex>`; null: not known. */
  digest: z.string().nullable(),
  /** Whether its archive has the registry's own manifests, so that it can be passed on under that digest. */
  asPublished: z.boolean().optional(),
});
/** See {@link mirroredImage}. */
export type MirroredImage = z.infer<typeof mirroredImage>;

const content = z.object({ version: z.literal(1), images: z.array(mirroredImage) });

/** Reads the index of a mirror tree that is being filled. */
export async function readIndexOf(directory: string): Promise<MirroredImage[]> {
  const path = join(directory, IMAGE_INDEX);
  return parseImageIndex(await readFileIfPresent(path), path);
}

/** Lists an image in the index of a mirror tree, in place of what it said of it before; several may do so at once. */
export async function addToImageIndex(directory: string, image: MirroredImage): Promise<void> {
  await withFileLock(join(directory, `.${IMAGE_INDEX}.guard`), async () => {
    const others = (await readIndexOf(directory)).filter(({ ref, arch }) => ref !== image.ref || arch !== image.arch);
    const key = ({ ref, arch }: MirroredImage) => `${ref}\n${arch}`;
    const images = [...others, image].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    await writeFileAtomic(join(directory, IMAGE_INDEX), `${JSON.stringify({ version: 1, images }, null, 1)}\n`, {
      mode: 0o644,
    });
  });
}

/** References of the images that there are for all of these architectures, sorted. */
export function imagesForAll(images: readonly MirroredImage[], arches: readonly string[]): string[] {
  const wanted = [...new Set(arches)];
  const has = (ref: string, arch: string) => images.some((image) => image.ref === ref && image.arch === arch);
  return [...new Set(images.map(({ ref }) => ref))].filter((ref) => wanted.every((arch) => has(ref, arch))).sort();
}

/**
 * Parses the text of an index; empty where there is none. `source` says in messages where it was read. Throws VhiveError
 * `usage` when it is damaged.
 */
export function parseImageIndex(text: string | undefined, source: string): MirroredImage[] {
  if (text === undefined) return [];
  try {
    return content.parse(JSON.parse(text)).images;
  } catch (cause) {
    throw new VhiveError({
      code: 'usage',
      message: `${source} is not an index of images of this version: ${cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)}`,
      hint: 'fill the mirror again: vhive-coord mirror pull',
      cause,
    });
  }
}
