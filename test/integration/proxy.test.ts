import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { plainCluster } from '../support/plain-cluster.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let cluster: SimulatedCluster;
beforeAll(async () => {
  cluster = await SimulatedCluster.create();
});
afterAll(() => cluster.stop());

/** Brings the container runtime of one host up, with this proxy of the nodes. */
async function up(proxy: object, env: NodeJS.ProcessEnv = {}) {
  const config = ['--config', await cluster.clusterFile({ ...plainCluster, proxy })];
  const all = ['up', '--simulate', '1', '--output', 'json', '--until', 'runtime', ...config];
  return await cluster.run(all, env);
}

const machine = (path: string) => readFile(join(cluster.cacheDir, 'simulation/sim-1', path), 'utf8');
const starts = async () => JSON.parse(await machine('state.json')).units['containerd.service'].invocation as number;

it('a proxy of the coordinator’s environment is not asked for what is on this host', async () => {
  const nowhere = 'http://127.0.0.1:9';
  const run = await up({}, { HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, http_proxy: nowhere, https_proxy: nowhere });
  expect(await run.result()).toMatchObject({ exitCode: 0 });
});

it('a proxy of the nodes comes and goes, and restarts what reads it', async () => {
  const before = await starts();
  expect(await (await up({ http: 'http://proxy.example.org:3128' })).result()).toMatchObject({ exitCode: 0 });
  expect(await machine('root/etc/vhive/proxy.env')).toContain('HTTPS_PROXY=http://proxy.example.org:3128\n');
  expect(await machine('root/etc/systemd/system/containerd.service')).toContain(
    'EnvironmentFile=-/etc/vhive/proxy.env',
  );
  expect(await starts()).toBe(before + 1);
  expect(await (await up({})).result()).toMatchObject({ exitCode: 0 });
  await expect(machine('root/etc/vhive/proxy.env')).rejects.toThrow('ENOENT');
  expect(await starts()).toBe(before + 2);
});
