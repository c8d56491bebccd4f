import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { messageOf, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import { digestOfBytes } from './digest.ts';
import { bytesAt, type TarMember, tarMembers } from './tar-members.ts';

/** A part of an image, as a manifest names it. */
const blob = z.object({
  mediaType: z.string(),
  /** `sha256:<hex>` of the content. */
  digest: z.string(),
  size: z.number().int().nonnegative(),
});

/** An image in a docker archive: what is known of it once the archive was read, and where its layers lie. */
export const archivedImage = z.object({
  architecture: z.string(),
  /** The configuration of the image, as it stands in the archive. */
  config: z.string(),
  layers: z.array(blob.extend({ offset: z.number().int().nonnegative() })),
});
/** See {@link archivedImage}. */
export type ArchivedImage = z.infer<typeof archivedImage>;

/** The media types of https://github.com/opencontainers/image-spec/blob/main/media-types.md. */
export const MEDIA = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;

/** The manifest and the configuration of an image are small. A file of more bytes than this is something else. */
const LARGEST_JSON = 4 * 1024 * 1024;

const manifests = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) })).min(1);
const configuration = z.object({
  architecture: z.string().default(''),
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/)) }),
});

/**
 * Reads a docker archive (`docker save`, `skopeo copy`): its configuration, and where its layers lie in the file, whose
 * content is not read where the archive itself says its digest. Whoever pulls a layer holds it against its digest.
 * `path` is only for messages. Throws VhiveError `refused` when the file is no such archive.
 */
export async function readArchivedImage(file: FileHandle, path: string): Promise<ArchivedImage> {
  try {
    const members = await tarMembers(file);
    const [first] = manifests.parse(JSON.parse(await textOf(file, members.get('manifest.json'), 'manifest.json')));
    if (first === undefined) throw new Error('its manifest is empty');
    const config = await textOf(file, members.get(first.Config), first.Config);
    const { architecture, rootfs } = configuration.parse(JSON.parse(config));
    if (rootfs.diff_ids.length !== first.Layers.length)
      throw new Error(`it has ${first.Layers.length} layers, its configuration speaks of ${rootfs.diff_ids.length}`);
    const layers: ArchivedImage['layers'] = [];
    for (const [index, name] of first.Layers.entries()) {
      const member = members.get(name);
      if (member === undefined) throw new Error(`the layer ${name} is not in it`);
      layers.push({ ...(await layerOf(file, member, rootfs.diff_ids[index] ?? '')), offset: member.offset });
    }
    return { architecture, config, layers };
  } catch (cause) {
    throw new VhiveError({
      code: 'refused',
      message: `${path} is no docker archive of an image: ${cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)}`,
      hint: 'fill the mirror again: vhive-coord mirror pull',
      cause,
    });
  }
}

async function textOf(file: FileHandle, member: TarMember | undefined, name: string): Promise<string> {
  if (member === undefined) throw new Error(`${name} is not in it`);
  if (member.size > LARGEST_JSON) throw new Error(`${name} has ${member.size} bytes`);
  return (await bytesAt(file, member.offset, member.size)).toString('utf8');
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

/** Returns the manifest of an image. The same archive always gives the same bytes. */
export function manifestOf({ config, layers }: ArchivedImage): Manifest {
  const bytes = Buffer.from(config);
  return asManifest(MEDIA.manifest, {
    config: { mediaType: MEDIA.config, digest: digestOfBytes(bytes), size: bytes.length },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
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
