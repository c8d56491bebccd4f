import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findNatsServer } from './nats-binary.ts';
import { renderNatsConfig } from './nats-config.ts';

const log = pino({ level: 'silent' });
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-binary-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function program(name: string, output: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, `#!/bin/sh\necho "${output}"\n`);
  await chmod(path, 0o755);
  return path;
}

it('takes the first usable one: given, in PATH, fetched', async () => {
  const installed = await program('nats-server', 'nats-server: v2.10.27');
  const given = await program('mine', 'nats-server: v2.15.1-beta.2');
  const cacheDir = join(directory, 'cache');
  expect(await findNatsServer({ cacheDir, log, path: given, searchPath: directory })).toEqual({
    path: given,
    version: '2.15.1-beta.2',
  });
  expect(await findNatsServer({ cacheDir, log, searchPath: directory })).toEqual({
    path: installed,
    version: '2.10.27',
  });
  expect(await findNatsServer({ cacheDir, log, searchPath: '/nowhere', fetch: async () => given })).toMatchObject({
    path: given,
  });
});

it('says why none can be used', async () => {
  const old = await program('old', 'nats-server: v2.8.4');
  const cacheDir = join(directory, 'cache');
  await expect(findNatsServer({ cacheDir, log, path: old })).rejects.toThrow(/is 2.8.4, needed is 2.9.0/);
  await expect(findNatsServer({ cacheDir, log, path: '/nowhere/nats-server' })).rejects.toThrow(
    /no usable nats-server/,
  );
  const silent = await program('silent', '');
  await expect(findNatsServer({ cacheDir, log, path: silent })).rejects.toThrow(/--version failed/);
});

it("unpacks Debian's package when the pinned release cannot be had, and finds it in the cache afterwards", async () => {
  const broken = async () => Promise.reject(new Error('no route to the internet'));
  const search = { cacheDir: join(directory, 'cache'), log, searchPath: '/nowhere', fetch: broken };
  const found = await findNatsServer(search);
  expect(found).toEqual({ path: join(directory, 'cache/nats-server'), version: expect.stringMatching(/^2\./) });
  expect(await findNatsServer(search)).toEqual(found);
});

it('leaves settings out that an older server does not know', () => {
  const config = (version: string) =>
    JSON.parse(
      renderNatsConfig({
        version,
        serverName: 'vhive-test',
        host: '0.0.0.0',
        port: 7422,
        certificateFile: '/s/server.pem',
        trust: { operatorJwt: 'o', systemAccount: 'S', account: 'A', agentsAccount: 'G', accounts: { A: 'a', S: 's' } },
        storeDir: '/s',
        pidFile: '/s/pid',
        maxFileBytes: 1,
        maxMemoryBytes: 1,
      }),
    );
  expect(config('2.9.10').jetstream).not.toHaveProperty('sync_interval');
  expect(config('2.10.0').jetstream).toHaveProperty('sync_interval');
  expect(config('2.9.10')).toMatchObject({
    host: '0.0.0.0',
    port: 7422,
    max_payload: 1024 * 1024,
    resolver: 'MEMORY',
    resolver_preload: { A: 'a', S: 's' },
    system_account: 'S',
    authorization: { timeout: 10 },
  });
});
