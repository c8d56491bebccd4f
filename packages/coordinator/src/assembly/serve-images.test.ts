import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@vhive/base/free-port.fixture';
import { addToImageIndex } from '@vhive/base/image-index';
import { exampleNode } from '@vhive/core/plan/example-input.fixture';
import { imageArchivePath } from '@vhive/shared';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { writeDockerArchive } from '../artifacts/registry/docker-archive.fixture.ts';
import { openAuthority } from '../trust/authority.ts';
import { serveImages } from './serve-images.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-serve-images-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('answers nodes out of the mirror while no coordinator runs, with the certificate that they know', async () => {
  const stateDir = join(directory, 'state');
  const root = join(directory, 'mirror');
  const { caPem } = await openAuthority({ stateDir, cluster: 'test' });
  const ref = 'ghcr.io/a/b:1';
  const path = imageArchivePath(ref, 'amd64');
  const made = await writeDockerArchive(join(root, path), { layers: [{ content: Buffer.from('one') }], ref });
  await addToImageIndex(root, { ref, arch: 'amd64', path, sha256: made.sha256, bytes: made.bytes, digest: null });
  const httpsPort = await freePort(1);
  const port = httpsPort + 1;
  await using running = await (async () => {
    const { stop } = await serveImages({ stateDir, httpsPort, logLevel: 'silent', mirror: root });
    return { [Symbol.asyncDispose]: stop };
  })();
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) =>
      request({ port, host: '127.0.0.1', path: '/v2/a/b/manifests/1?ns=ghcr.io', ca: caPem, agent: false })
        .once('response', (answer) => resolve(answer.resume().statusCode))
        .once('error', reject)
        .end(),
    );
  expect(await ask(), 'no node has that address yet').toBe(403);
  const { facts, sealingKey } = exampleNode('n1', 0);
  await mkdir(join(stateDir, 'nodes'), { recursive: true });
  const node = {
    ...{ name: 'n1', publicKey: `U${'A'.repeat(55)}`, sealingKey, approved: true, address: '127.0.0.1', facts },
    ...{ enrolledAt: new Date().toISOString(), agentVersion: '1', artifactTokenHash: null, jwtIssuedAt: null },
  };
  await writeFile(join(stateDir, 'nodes/n1.json'), JSON.stringify(node));
  await vi.waitFor(async () => expect(await ask()).toBe(200), { timeout: 10_000, interval: 200 });
  expect(running).toBeDefined();
});
