import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { archivedImageName, VhiveError } from '@vhive/shared';
import { create } from 'tar';
import * as z from 'zod';
import { digestOfBytes } from '../registry/digest.ts';
import { MEDIA } from '../registry/media-types.ts';
import { blobPath, mediaTypeOf, PUBLISHED_AS } from '../registry/oci-layout.ts';

const part = z.object({ digest: z.string() });
const imageManifest = z.object({ config: part, layers: z.array(part) });
const imageIndex = z.object({ manifests: z.array(part) });

/** An image as its registry gave it. */
export interface CopiedImage {
  /** The reference. */
  ref: string;
  /** What the registry has under the name: the manifest, or an index of manifests. */
  published: Buffer;
  /** The folder that `skopeo copy … dir:` has filled. It is used up. */
  directory: string;
}

/**
 * Packs an image into one file as its registry gave it: a tar archive of an OCI image layout, with the registry's own
 * manifests and its layers as they are compressed, so that it can be passed on under the publisher's digests. It is a
 * docker archive too (`manifest.json`), as `docker save` writes it. Throws VhiveError `refused` when the manifest is not
 * what the registry has under the name.
 */
export async function packImage({ ref, published, directory }: CopiedImage, file: string): Promise<void> {
  const bytes = await readFile(join(directory, 'manifest.json'));
  const digest = digestOfBytes(bytes);
  const publishedAs = digestOfBytes(published);
  const { config, layers } = checkedManifest(ref, bytes);
  if (publishedAs !== digest && !listed(published).includes(digest))
    throw new VhiveError({
      code: 'refused',
      message: `the image ${ref} changed while it was copied: its registry listed other manifests than ${digest}`,
      hint: 'run the same command again',
    });
  const layout = join(directory, 'layout');
  await mkdir(dirname(join(layout, blobPath(digest))), { recursive: true });
  const blobs = [...new Set([config.digest, ...layers.map((layer) => layer.digest)])];
  for (const blob of blobs) await rename(join(directory, blob.replace('sha256:', '')), join(layout, blobPath(blob)));
  await writeFile(join(layout, blobPath(digest)), bytes);
  await writeFile(join(layout, blobPath(publishedAs)), published);
  const text = (name: string, content: object) => writeFile(join(layout, name), JSON.stringify(content));
  const name = archivedImageName(ref);
  const annotations = { 'io.containerd.image.name': name, [PUBLISHED_AS]: publishedAs };
  const about = { mediaType: mediaTypeOf(bytes.toString()), digest, size: bytes.length, annotations };
  await text('oci-layout', { imageLayoutVersion: '1.0.0' });
  await text('index.json', { schemaVersion: 2, mediaType: MEDIA.index, manifests: [about] });
  const Layers = layers.map((layer) => blobPath(layer.digest));
  await text('manifest.json', [{ Config: blobPath(config.digest), RepoTags: [name], Layers }]);
  // What is small comes first, for readers that go through the archive.
  const manifests = new Set([digest, publishedAs, ...blobs].map(blobPath));
  const members = ['oci-layout', 'index.json', 'manifest.json', ...manifests];
  await rm(file, { force: true });
  await create({ file, cwd: layout, portable: true, mtime: new Date(0), noDirRecurse: true }, members);
}

function checkedManifest(ref: string, bytes: Buffer): z.infer<typeof imageManifest> {
  const parsed = imageManifest.safeParse(JSON.parse(bytes.toString()));
  if (parsed.success) return parsed.data;
  throw new VhiveError({
    code: 'refused',
    message: `the manifest of the image ${ref} is of a kind that cannot be kept: ${z.prettifyError(parsed.error)}`,
    hint: 'is it an image of a program? name another one',
  });
}

function listed(published: Buffer): string[] {
  const parsed = imageIndex.safeParse(JSON.parse(published.toString()));
  return parsed.success ? parsed.data.manifests.map(({ digest }) => digest) : [];
}
