import type { FileHandle } from 'node:fs/promises';
import * as z from 'zod';
import { digestOfBytes } from './digest.ts';
import { MEDIA } from './media-types.ts';
import { type TarMember, textOf } from './tar-members.ts';

/** A part of an image, as a manifest names it. */
export const descriptor = z.object({
  mediaType: z.string(),
  /** `sha256:<hex>` of the content. */
  digest: z.string(),
  size: z.number().int().nonnegative(),
});

/** A manifest, or an index of manifests, as its registry gave it. */
export const publishedDocument = z.object({ mediaType: z.string(), content: z.string() });
type Document = z.infer<typeof publishedDocument>;

/**
 * The annotation, in the `index.json` of a layout, of the manifest of an image: the digest of what its registry has under
 * the image's name, which for an image of several architectures is an index. The layout has that too, as a blob.
 */
export const PUBLISHED_AS = 'dev.vhive.published-as';

/** An image in a tar archive of an OCI image layout, with what its registry says of it. */
interface PublishedImage {
  config: string;
  layers: (z.infer<typeof descriptor> & TarMember)[];
  manifest: Document;
  /** What the registry has under the image's name, where that is not the manifest itself. */
  index: Document | null;
}

const layoutIndex = z.object({
  manifests: z.array(descriptor.extend({ annotations: z.record(z.string(), z.string()).default({}) })),
});
const imageManifest = z.object({ config: descriptor, layers: z.array(descriptor) });
const typed = z.object({ mediaType: z.string().optional(), manifests: z.unknown().optional() });

/** Returns the path of a blob in a layout: https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export const blobPath = (digest: string) => `blobs/${digest.replace(':', '/')}`;

/** Returns what a manifest or an index is by its own words, or else by its shape. */
export function mediaTypeOf(text: string): string {
  const { mediaType, manifests } = typed.parse(JSON.parse(text));
  return mediaType ?? (manifests === undefined ? MEDIA.manifest : MEDIA.index);
}

/**
 * Reads the image in a tar archive of an OCI image layout, and where its layers lie. The result is undefined where the
 * archive has no layout, or one of something else than a single manifest. Throws an Error when a part is missing or not
 * what its digest says; layers are held against theirs by whoever pulls them.
 */
export async function readOciLayout(
  file: FileHandle,
  members: ReadonlyMap<string, TarMember>,
): Promise<PublishedImage | undefined> {
  if (!members.has('oci-layout') || !members.has('index.json')) return undefined;
  const { manifests } = layoutIndex.parse(JSON.parse(await textOf(file, members, 'index.json')));
  const [only, second] = manifests;
  if (only === undefined || second !== undefined || !members.has(blobPath(only.digest))) return undefined;
  const content = await verifiedText(file, members, only.digest);
  const parsed = imageManifest.safeParse(JSON.parse(content));
  if (!parsed.success) return undefined;
  const layers = parsed.data.layers.map((layer) => {
    const member = members.get(blobPath(layer.digest));
    if (member?.size !== layer.size) throw new Error(`the layer ${layer.digest} is not in it whole`);
    return { ...layer, ...member };
  });
  const name = only.annotations[PUBLISHED_AS] ?? only.digest;
  const index = name === only.digest ? null : await verifiedText(file, members, name);
  return {
    ...{ layers, config: await verifiedText(file, members, parsed.data.config.digest) },
    manifest: { mediaType: mediaTypeOf(content), content },
    index: index === null ? null : { mediaType: mediaTypeOf(index), content: index },
  };
}

async function verifiedText(
  file: FileHandle,
  members: ReadonlyMap<string, TarMember>,
  digest: string,
): Promise<string> {
  const text = await textOf(file, members, blobPath(digest));
  if (digestOfBytes(Buffer.from(text)) !== digest) throw new Error(`${blobPath(digest)} has another content`);
  return text;
}
