import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname } from 'node:path';
import { simulatedManifest } from './manifests/index.ts';
import { simulatedArchive } from './simulated-archives.ts';

/** A running imitation of the internet. */
export interface SimulatedMirror {
  /** The URL of the mirror tree, as `--mirror` takes it. */
  url: string;
  stop(): Promise<void>;
}

const imitation = (path: string) => `#!/bin/sh\n# SIMULATED: stands for ${path}\necho "simulated ${basename(path)}"\n`;

/**
 * Starts a web server that has a small stand-in for every file a plan may fetch, with the right checksum file beside
 * it, so that a simulation downloads, verifies, locks and unpacks as in real life without the internet. It has no
 * container images: the simulated hosts only imitate pulling those.
 */
export async function startSimulatedMirror(): Promise<SimulatedMirror> {
  const server = createServer((request, response) => {
    const content = contentOf(decodeURIComponent(request.url ?? '/'));
    if (content === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': content.length }).end(request.method === 'HEAD' ? '' : content);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => closed(server) };
}

function contentOf(path: string): Buffer | undefined {
  const checksum = /^(.*)\.(sha256|sha512)(?:sum)?$/.exec(path);
  if (checksum?.[1] && checksum[2]) return Buffer.from(checksums(filesBeside(checksum[1]), checksum[2]));
  if (/\/(?:checksums\.txt|SHA256SUMS)$/.test(path)) return Buffer.from(checksums(filesBeside(path), 'sha256'));
  const pointed = /^\/raw\.githubusercontent\.com(\/[^/]+\/[^/]+\/.*\/bin\/.*)$/.exec(path)?.[1];
  if (pointed !== undefined) return Buffer.from(lfsPointer(`/media.githubusercontent.com/media${pointed}`));
  if (onlyInFullMirrors.test(path)) return undefined;
  const manifest = simulatedManifest(path);
  if (manifest !== undefined) return Buffer.from(manifest);
  if (/\.(tar\.gz|tgz)$/.test(path)) return simulatedArchive(path, imitation);
  return Buffer.from(imitation(path));
}

/** The paths that only a complete mirror tree has: image archives with their index, and the Go modules of a build. */
const onlyInFullMirrors = /\.tar$|^\/images\.json$|\/\.vhive\//;

/**
 * The files that a checksum file speaks of. `file.sha256` speaks of `file`; a checksum file for a whole release speaks
 * of the files of every architecture.
 */
function filesBeside(path: string): string[] {
  const ofEach = (prefix: string) => ['amd64', 'arm64'].map((arch) => `${prefix}${arch}`);
  if (path.endsWith('/runc')) return ofEach(`${path}.`);
  const nats = /^(.*\/v(\d[^/]*))\/SHA256SUMS$/.exec(path);
  if (nats) return ofEach(`${nats[1]}/nats-server-v${nats[2]}-linux-`).map((file) => `${file}.tar.gz`);
  return basename(path) === 'checksums.txt' ? ofEach(`${dirname(path)}/kn-linux-`) : [path];
}

const digestOf = (path: string, algorithm: string) =>
  createHash(algorithm)
    .update(contentOf(path) ?? '')
    .digest('hex');

function checksums(files: readonly string[], algorithm: string): string {
  return files.map((file) => `${digestOf(file, algorithm)}  ${basename(file)}\n`).join('');
}

/**
 * Makes the pointer that a Git repository holds in place of a file in Git LFS:
 * https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
 */
function lfsPointer(path: string): string {
  const bytes = contentOf(path)?.length ?? 0;
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${digestOf(path, 'sha256')}\nsize ${bytes}\n`;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
