import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { generationOf } from '@vhive/core/features';
import { standInVhiveSource } from '@vhive/core/versions/vhive-stand-in';
import { Header } from 'tar';

/**
 * The archives that a plan unpacks, by their path at the publisher, each with the files that plans take out of it, at
 * their paths in the archive, and with their text where that is not a stand-in.
 */
const contents: readonly { archive: RegExp; files(match: RegExpExecArray): Record<string, string | undefined> }[] = [
  { archive: /\/go[^/]*\.linux-[^/]*$/, files: () => standIns('go/bin/go', 'go/VERSION') },
  { archive: /\/helm-v[^/]*-(linux-[a-z0-9]+)\.tar\.gz$/, files: ([, platform]) => standIns(`${platform}/helm`) },
  { archive: /\/istioctl-[^/]*$/, files: () => standIns('istioctl') },
  {
    archive: /\/stargz-snapshotter-[^/]*$/,
    files: () => standIns('containerd-stargz-grpc', 'ctr-remote', 'stargz-store'),
  },
  {
    archive: /^\/github\.com\/[^/]+\/([^/]+)\/archive\/(.*)\.tar\.gz$/,
    files: ([, name = '', ref = '']) => vhiveSource(name, ref),
  },
];

const standIns = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, undefined]));

/**
 * Returns vHive's source as GitHub packs it: the top folder is named after the repository and the ref, without the
 * slashes of the ref.
 */
function vhiveSource(name: string, ref: string): Record<string, string> {
  const files = Object.entries(standInVhiveSource(generationOf(ref)));
  return Object.fromEntries(files.map(([path, text]) => [`${name}-${ref.replaceAll('/', '-')}/${path}`, text]));
}

/**
 * Makes a gzipped archive of stand-ins for the files of the real one. Every call gives the same bytes, because the
 * digest of the archive must not change.
 */
export function simulatedArchive(path: string, standIn: (path: string) => string): Buffer {
  const files = Object.entries(filesIn(path));
  const blocks = files.flatMap(([file, text]) => entry(file, Buffer.from(text ?? standIn(file))));
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function filesIn(path: string): Record<string, string | undefined> {
  for (const { archive, files } of contents) {
    const match = archive.exec(path);
    if (match) return files(match);
  }
  return standIns(`bin/${basename(path)}.simulated`);
}

function entry(path: string, body: Buffer): Buffer[] {
  const header = new Header({ path, mode: 0o755, size: body.length, type: 'File' });
  header.mtime = new Date(0);
  header.encode();
  return [header.block ?? Buffer.alloc(512), body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}
