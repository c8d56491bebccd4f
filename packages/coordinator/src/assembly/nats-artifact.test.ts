import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { catalogue } from '@vhive/core/versions/catalogue';
import { filesOf } from '@vhive/core/versions/resolve';
import { pino } from 'pino';
import { create } from 'tar';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LockFile } from '../artifacts/lock-file.ts';
import { mirrorPath, parseMirror } from '../artifacts/sources/mirror-tree.ts';
import { ArtifactStore } from '../artifacts/store.ts';
import { findNatsServer } from '../nats/server/nats-binary.ts';
import { natsServerOfMirror } from './nats-artifact.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-nats-'));
});
afterEach(() => rm(directory, { recursive: true }));

const sources = async () => ({
  store: await ArtifactStore.open(join(directory, 'artifacts')),
  lockFile: new LockFile(join(directory, 'vhive.lock')),
  mirror: parseMirror(join(directory, 'tree')),
});

it('nats-server comes from the mirror, verified, where none is installed', async () => {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const { version } = catalogue.natsServer;
  const [file] = filesOf('natsServer', version, arch);
  if (file?.checksum.type !== 'file') throw new Error('its publisher has checksums');
  const folder = `nats-server-v${version}-linux-${arch}`;
  await mkdir(join(directory, folder));
  await writeFile(join(directory, folder, 'README.md'), 'stands for a release');
  await writeFile(join(directory, folder, 'nats-server'), `#!/bin/sh\necho "nats-server: v${version}"\n`);
  await chmod(join(directory, folder, 'nats-server'), 0o755);
  const archive = join(directory, 'tree', mirrorPath(file.url));
  await mkdir(dirname(archive), { recursive: true });
  await create({ gzip: true, file: archive, cwd: directory }, [folder]);
  const digest = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  await writeFile(join(directory, 'tree', mirrorPath(file.checksum.url)), `${digest}  ${folder}.tar.gz\n`);

  const cacheDir = join(directory, 'cache');
  const parts = await sources();
  const search = { cacheDir, log: pino({ level: 'silent' }), searchPath: '/nowhere' };
  const found = await findNatsServer({ ...search, fetch: () => natsServerOfMirror(parts, cacheDir) });
  expect(found).toEqual({ path: join(cacheDir, 'nats-server'), version });
  expect(await readdir(cacheDir)).toEqual(['nats-server']);
});

it('is not waited for where the mirror lacks it', async () => {
  await expect(natsServerOfMirror(await sources(), join(directory, 'cache'))).rejects.toMatchObject({
    code: 'preflight',
    message: expect.stringContaining('the mirror has no https://github.com/nats-io/nats-server/'),
  });
});
