import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

/** A running imitation of the internet. */
export interface SimulatedMirror {
  /** Give it to `--mirror`. */
  url: string;
  stop(): Promise<void>;
}

const imitation = (path: string) => `#!/bin/sh\n# SIMULATED: stands for ${path}\necho "simulated ${basename(path)}"\n`;

/** A manifest with the one object that plans patch. */
const calico = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: calico-node, namespace: kube-system }
spec:
  template:
    spec:
      containers:
        - name: calico-node
          env: [{ name: CLUSTER_TYPE, value: "k8s,bgp" }]
status: { desiredNumberScheduled: 1, numberReady: 1, numberAvailable: 1, updatedNumberScheduled: 1, observedGeneration: 1 }
`;

/**
 * A web server that has a small stand-in for every file a plan may fetch, and the right checksum file beside it, so
 * that a simulation downloads, verifies, locks and unpacks as in real life without the internet. It has no container
 * images: those are pulled, by the simulated hosts.
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
  if (checksum?.[1] && checksum[2]) return checksumOf(checksum[1], checksum[2]);
  if (path.endsWith('.tar')) return undefined;
  if (/\.(tar\.gz|tgz)$/.test(path)) return gzipSync(archiveOf(path));
  return Buffer.from(path.endsWith('/calico.yaml') ? calico : imitation(path));
}

/** `file.sha256` speaks of `file`; a checksum file for a whole release speaks of every architecture's file. */
function checksumOf(path: string, algorithm: string): Buffer | undefined {
  const files = path.endsWith('/runc') ? ['amd64', 'arm64'].map((arch) => `${path}.${arch}`) : [path];
  const lines = files.map((file) => {
    const digest = createHash(algorithm)
      .update(contentOf(file) ?? '')
      .digest('hex');
    return `${digest}  ${basename(file)}\n`;
  });
  return Buffer.from(lines.join(''));
}

/** An archive of one file, with the same bytes at every call: its digest must not change. */
function archiveOf(path: string): Buffer {
  const body = Buffer.from(imitation(path));
  const header = new Header({ path: `bin/${basename(path)}.simulated`, mode: 0o755, size: body.length, type: 'File' });
  header.mtime = new Date(0);
  header.encode();
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([header.block ?? Buffer.alloc(512), body, padding, Buffer.alloc(1024)]);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
