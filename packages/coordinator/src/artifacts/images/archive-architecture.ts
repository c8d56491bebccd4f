import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { messageOf, VhiveError } from '@vhive/shared';
import { Parser } from 'tar';
import * as z from 'zod';

const manifest = z.array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish() })).min(1);
const config = z.object({ architecture: z.string().default('') });
/** The configuration of an image is small. A file of more bytes than this is something else. */
const LARGEST = 4 * 1024 * 1024;

/**
 * Returns the architecture of the image in a docker archive, as its configuration says. The result is empty when the
 * configuration does not say it. Throws VhiveError `refused` when the file is no such archive.
 */
export async function archiveArchitecture(path: string, signal: AbortSignal): Promise<string> {
  try {
    const files = await jsonFiles(path, signal);
    const [first] = manifest.parse(JSON.parse(files.get('manifest.json') ?? 'null'));
    return config.parse(JSON.parse(files.get(first?.Config ?? '') ?? 'null')).architecture;
  } catch (cause) {
    signal.throwIfAborted();
    throw new VhiveError({
      code: 'refused',
      message: `${path} is no docker archive of an image: ${cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)}`,
      hint: 'make it with skopeo copy docker://<ref> docker-archive:<file>:<ref>, or docker save',
      cause,
    });
  }
}

/**
 * Reads the small files at the top of the archive: its manifest, and the configuration that the manifest names by its
 * digest.
 */
async function jsonFiles(path: string, signal: AbortSignal): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const parser = new Parser({
    strict: true,
    filter: (name, entry) => !name.endsWith('.tar') && 'size' in entry && (entry.size ?? 0) <= LARGEST,
    onReadEntry(entry) {
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      entry.on('end', () => files.set(entry.path, Buffer.concat(chunks).toString('utf8')));
    },
  });
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), parser as unknown as NodeJS.WritableStream, {
    signal,
  });
  return files;
}
