import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

/**
 * The archives that a plan unpacks, by their path at the publisher, each with the files that plans take out of it, at
 * their paths in the archive.
 */
const contents: readonly { archive: RegExp; files(match: RegExpExecArray): string[] }[] = [
  { archive: /\/go[^/]*\.linux-[^/]*$/, files: () => ['go/bin/go', 'go/VERSION'] },
  { archive: /\/helm-v[^/]*-(linux-[a-z0-9]+)\.tar\.gz$/, files: ([, platform]) => [`${platform}/helm`] },
  { archive: /\/istioctl-[^/]*$/, files: () => ['istioctl'] },
  { archive: /\/stargz-snapshotter-[^/]*$/, files: () => ['containerd-stargz-grpc', 'ctr-remote', 'stargz-store'] },
  // GitHub names the top folder of an archive after the repository and the ref, without the slashes of the ref.
  {
    archive: /^\/github\.com\/[^/]+\/([^/]+)\/archive\/(.*)\.tar\.gz$/,
    files: ([, name, ref = '']) => ['go.mod', 'vhive.go'].map((file) => `${name}-${ref.replaceAll('/', '-')}/${file}`),
  },
];

/**
 * Makes a gzipped archive of stand-ins for the files of the real one. Every call gives the same bytes, because the
 * digest of the archive must not change.
 */
export function simulatedArchive(path: string, standIn: (path: string) => string): Buffer {
  const blocks = filesIn(path).flatMap((file) => entry(file, Buffer.from(standIn(file))));
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function filesIn(path: string): string[] {
  for (const { archive, files } of contents) {
    const match = archive.exec(path);
    if (match) return files(match);
  }
  return [`bin/${basename(path)}.simulated`];
}

function entry(path: string, body: Buffer): Buffer[] {
  const header = new Header({ path, mode: 0o755, size: body.length, type: 'File' });
  header.mtime = new Date(0);
  header.encode();
  return [header.block ?? Buffer.alloc(512), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
