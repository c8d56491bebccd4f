import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { plainCluster } from '../support/plain-cluster.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

// Each host is on a control network and on an experiment LAN. The master's agent comes over loopback, so that its
// address is that of its default route; the workers come over the LAN.
let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  for (const number of [1, 2, 3]) await facts(number);
});
afterAll(() => cluster.stop());

/** Sets the network cards of a machine. */
async function facts(number: number, lanIsUp = true) {
  const directory = join(cluster.ownMachines, `sim-${number}`);
  const cards = ['127.50.0', '127.60.0'].map((network, index) => ({
    ...{ name: `eno${index}`, mac: '', up: index === 0 || lanIsUp },
    addresses: [`${network}.${number}/24`],
  }));
  const defaultAddress = number === 1 ? '127.50.0.1' : `127.60.0.${number}`;
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'facts.json'), JSON.stringify({ interfaces: cards, defaultAddress }));
}

const up = async (...args: string[]) => {
  const config = ['--config', await cluster.clusterFile(plainCluster)];
  const all = ['up', '--simulate', '3', '--output', 'json', '--until', 'nodes-ready', ...config, ...args];
  return await cluster.run(all);
};

const kubeletOf = (number: number) =>
  readFile(join(cluster.ownMachines, `sim-${number}/root/etc/default/kubelet`), 'utf8');

it('two networks to choose from, a --lan that no node has, or that not every node is on: refused before anything is changed', async () => {
  const unclear = await up();
  expect(await unclear.result()).toMatchObject({ exitCode: 3 });
  expect(unclear.stderr).toMatch(/--lan 127\.50\.0\.0\/24 or --lan 127\.60\.0\.0\/24/);
  const nobody = await up('--lan', '10.99.0.0/24');
  expect(await nobody.result()).toMatchObject({ exitCode: 3 });
  expect(nobody.stderr).toContain('no node has an address on --lan 10.99.0.0/24');
  await facts(3, false);
  const notAll = await up('--lan', '127.60.0.0/24');
  expect(await notAll.result()).toMatchObject({ exitCode: 3 });
  expect(notAll.stderr).toMatch(/sim-3 is not on it.*127\.50\.0\.3\/24/);
  await expect(kubeletOf(1)).rejects.toThrow('ENOENT');
  await facts(3);
});

it('--lan holds for every node, and a living cluster refuses another one before anything is changed', async () => {
  const run = await up('--lan', '127.60.0.0/24');
  expect(await run.result()).toMatchObject({ exitCode: 0 });
  for (const number of [1, 2, 3]) expect(await kubeletOf(number)).toContain(`--node-ip=127.60.0.${number} `);
  const other = await up('--lan', '127.50.0.0/24');
  expect((await other.result()).exitCode).not.toBe(0);
  expect(other.stderr).toMatch(/127\.60\.0\./);
  for (const number of [1, 2, 3]) expect(await kubeletOf(number)).toContain(`--node-ip=127.60.0.${number} `);
});
