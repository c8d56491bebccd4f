import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { messageOf, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import { digestOfBytes } from './digest.ts';
import { MEDIA } from './media-types.ts';
import { descriptor, publishedDocument, readOciLayout } from './oci-layout.ts';
import { bytesAt, type TarMember, tarMembers, textOf } from './tar-members.ts';

/** An image in an archive: what is known of it once the archive was read, and where its layers lie. */
export const archivedImage = z.object({
  architecture: z.string(),
  /** The configuration of the image, as it stands in the archive. */
  config: z.string(),
  layers: z.array(descriptor.extend({ offset: z.number().int().nonnegative() })),
  /** What the image's registry says of it, where the archive has that. */
  published: z.object({ manifest: publishedDocument, index: publishedDocument.nullable() }).optional(),
});
/** See {@link archivedImage}. */
export type ArchivedImage = z.infer<typeof archivedImage>;

const manifests = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) })).min(1);
const configuration = z.object({
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)) }),
});

/**
 * Reads an archive of an image: its configuration, and where its layers lie in the file, whose content is not read where
 * the archive itself says its digest. Whoever pulls a layer holds it against its digest. An archive is an OCI image layout
 * (`mirror pull`, `skopeo copy docker://… oci-archive:…`), which has the manifest of the image's registry, or a docker
 * archive (`docker save`). `path` is only for messages. Throws VhiveError `refused` when the file is no such archive.
 */
export async function readArchivedImage(file: FileHandle, path: string): Promise<ArchivedImage> {
  try {
    const members = await tarMembers(file);
    const layout = await readOciLayout(file, members);
    if (layout === undefined) return await readDockerArchive(file, members);
    const { config, manifest, index } = layout;
    const layers = layout.layers.map(({ mediaType, digest, size, offset }) => ({ mediaType, digest, size, offset }));
    return { architecture: architectureIn(config), config, layers, published: { manifest, index } };
  } catch (cause) {
    throw new VhiveError({
      code: 'refused',
      message: `${path} is no archive of an image: ${cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)}`,
      hint: 'fill the mirror again: vhive-coord mirror pull; or make it with docker save, or skopeo copy docker://<ref> oci-archive:<file>:<ref>',
      cause,
    });
  }
}

const architectureIn = (config: string) =>
  z.object({ architecture: z.string().default('') }).parse(JSON.parse(config)).architecture;

async function readDockerArchive(
  file: FileHandle,
  members: ReadonlyMap<string, TarMember>,
): Promise<Omit<ArchivedImage, 'published'>> {
  const [first] = manifests.parse(JSON.parse(await textOf(file, members, 'manifest.json')));
  if (first === undefined) throw new Error('its manifest is empty');
  const config = await textOf(file, members, first.Config);
  const { rootfs } = configuration.parse(JSON.parse(config));
  if (rootfs.diff_ids.length !== first.Layers.length)
    throw new Error(`it has ${first.Layers.length} layers, its configuration speaks of ${rootfs.diff_ids.length}`);
  const layers: ArchivedImage['layers'] = [];
  for (const [index, name] of first.Layers.entries()) {
    const member = members.get(name);
    if (member === undefined) throw new Error(`the layer ${name} is not in it`);
    layers.push({ ...(await layerOf(file, member, rootfs.diff_ids[index] ?? '')), offset: member.offset });
  }
  return { architecture: architectureIn(config), config, layers };
}

/** An uncompressed layer has the digest that the configuration says. A compressed one has another, which is not said. */
async function layerOf(file: FileHandle, { offset, size }: TarMember, diffId: string) {
  const compression = compressionOf(await bytesAt(file, offset, Math.min(4, size)));
  if (compression === '') return { mediaType: MEDIA.layer, digest: diffId, size };
  const hash = createHash('sha256');
  const content = file.createReadStream({ start: offset, end: offset + size - 1, autoClose: false });
  for await (const chunk of content) hash.update(chunk as Buffer);
  return { mediaType: `${MEDIA.layer}${compression}`, digest: `sha256:${hash.digest('hex')}`, size };
}

/** Tells by the first bytes how a layer is compressed, as the end of its media type. */
function compressionOf(start: Buffer): '' | '+gzip' | '+zstd' {
  const hex = start.toString('hex');
  if (hex.startsWith('1f8b')) return '+gzip';
  return hex === '28b52ffd' ? '+zstd' : '';
}

/** A manifest as a registry sends it. */
export interface Manifest {
  mediaType: string;
  digest: string;
  bytes: Buffer;
}

/** Returns the manifest of an image: its registry's, or else one that is made. The same archive always gives the same bytes. */
export function manifestOf({ config, layers, published }: ArchivedImage): Manifest {
  if (published) return asPublished(published.manifest);
  const bytes = Buffer.from(config);
  return asManifest(MEDIA.manifest, {
    config: { mediaType: MEDIA.config, digest: digestOfBytes(bytes), size: bytes.length },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
}

/** Returns what the image's registry has under its name, where the archive says that. */
export function publishedWhole({ published }: ArchivedImage): Manifest | undefined {
  return published && asPublished(published.index ?? published.manifest);
}

function asPublished({ mediaType, content }: { mediaType: string; content: string }): Manifest {
  const bytes = Buffer.from(content);
  return { mediaType, digest: digestOfBytes(bytes), bytes };
}

/** Returns the manifest by which one name stands for an image of each of several architectures. */
export function indexOf(images: readonly { architecture: string; manifest: Manifest }[]): Manifest {
  return asManifest(MEDIA.index, {
    manifests: images.map(({ architecture, manifest: { mediaType, digest, bytes } }) => ({
      ...{ mediaType, digest, size: bytes.length },
      platform: { architecture, os: 'linux' },
    })),
  });
}

function asManifest(mediaType: string, content: object): Manifest {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...content }));
  return { mediaType, digest: digestOfBytes(bytes), bytes };
}
