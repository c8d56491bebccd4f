import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** A layer of an archive that a test makes. */
export interface FixtureLayer {
  content: Buffer;
  compressed?: boolean;
  /** Its name in the archive; by default a short one. */
  name?: string;
}

/** Writes a docker archive of these layers, and returns its SHA-256 and the layers as they stand in it. */
export async function writeDockerArchive(
  path: string,
  { layers, architecture = 'amd64', ref }: { layers: readonly FixtureLayer[]; architecture?: string; ref: string },
): Promise<{ sha256: string; bytes: number; stored: Buffer[] }> {
  const stored = layers.map(({ content, compressed }) => (compressed ? gzipSync(content) : content));
  const config = JSON.stringify({
    architecture,
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ content }) => `sha256:${digest(content)}`) },
  });
  const names = layers.map(({ name }, index) => name ?? `${index}/layer.tar`);
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: [ref], Layers: names }]);
  const archive = Buffer.concat([
    ...stored.flatMap((layer, index) => member(names[index] ?? '', layer)),
    ...member('config.json', Buffer.from(config)),
    ...member('manifest.json', Buffer.from(manifest)),
    Buffer.alloc(1024),
  ]);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, archive);
  return { sha256: digest(archive), bytes: archive.length, stored };
}

/** A name that does not fit into the header comes before it, as GNU tar writes it. */
function member(path: string, body: Buffer): Buffer[] {
  if (Buffer.byteLength(path) > 90) {
    const long = Buffer.from(`${path}\0`);
    return [...entry('././@LongLink', long, 'NextFileHasLongPath'), ...entry(path.slice(0, 90), body)];
  }
  return entry(path, body);
}

function entry(path: string, body: Buffer, type: 'File' | 'NextFileHasLongPath' = 'File'): Buffer[] {
  const header = new Header({ path, mode: 0o644, size: body.length, type });
  header.mtime = new Date(0);
  header.encode();
  return [header.block ?? Buffer.alloc(512), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
