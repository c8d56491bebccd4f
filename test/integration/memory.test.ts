import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterRecord } from '@vhive/shared';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { plainCluster } from '../support/plain-cluster.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

// One cluster from its first run on. The tests are in the order of its life.
let cluster: SimulatedCluster;
beforeAll(async () => {
  cluster = await SimulatedCluster.create();
});
afterAll(() => cluster.stop());

const up = (...args: string[]) => cluster.run(['up', '--output', 'json', ...args]);
const record = async () => JSON.parse(await readFile(join(cluster.stateDir, 'cluster.json'), 'utf8')) as ClusterRecord;
const { sandbox: _, ...withoutSandbox } = plainCluster;

describe('a cluster', () => {
  it('does not remember what preflight refused', async () => {
    const config = await cluster.clusterFile({ ...withoutSandbox, preflight: { minFreeGiB: 9_000 } });
    const refused = await up('--simulate', '2', '--sandbox', 'gvisor', '--config', config);
    expect(await refused.result()).toMatchObject({ outcome: 'refused', exitCode: 3 });
    expect((await record()).run).toBeUndefined();
  });

  it('takes what a forgotten flag and a forgotten file said from its memory, and changes nothing', async () => {
    const config = await cluster.clusterFile(withoutSandbox);
    const first = await up('--simulate', '2', '--sandbox', 'stock-only', '--config', config);
    expect(await first.result(), first.stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    const again = await up('--simulate', '2');
    expect(await again.result(), again.stderr).toMatchObject({ outcome: 'ready', changed: 0 });
    expect(again.stderr).toContain(`as the cluster remembers: the cluster file ${config}, --sandbox stock-only`);
    expect(again.stderr).not.toContain('change:');
  });

  it('needs no options at all, nor does a look at it; the ports are remembered too', async () => {
    const none = { VHIVE_HTTPS_PORT: '', VHIVE_NATS_PORT: '' };
    const bare = await cluster.run(['up', '--output', 'json'], none);
    expect(await bare.result(), bare.stderr).toMatchObject({ outcome: 'ready', changed: 0 });
    const doctor = await cluster.run(['doctor', '--output', 'json'], none);
    expect(await doctor.result(), doctor.stderr).toMatchObject({ outcome: 'checked', exitCode: 0, changed: 0 });
    const plan = await cluster.run(['plan', '--output', 'json'], none);
    const { plan: planned } = await plan.line('plan');
    expect(planned.nodes).toEqual(['sim-1', 'sim-2']);
    expect(planned.phases.map(({ name }) => name)).not.toContain('firecracker');
  });

  it.each([
    [
      'the sandbox of a node that has joined',
      ['--sandbox', 'gvisor'],
      {},
      /sandbox: stock-only -> gvisor: sim-2 joined/,
    ],
    ['the pod network', ['--network', 'bridge'], {}, /network.plugin: calico -> bridge: the control plane on sim-1/],
    [
      'the addresses of pods',
      [],
      { VHIVE_POD_CIDR: '10.60.0.0/16' },
      /network.podCidr: 10.244.0.0\/16 -> 10.60.0.0\/16/,
    ],
    ['the mode of kube-proxy', ['--nftables'], {}, /kubeProxyConfiguration.mode: \(not set\) -> nftables/],
  ])(
    'refuses to change %s, says who keeps it and the way there, and touches nothing',
    async (_what, args, env, message) => {
      const before = await record();
      for (const command of [
        ['up', '--simulate', '2'],
        ['up', '--simulate', '2', '--dry-run'],
      ]) {
        const refused = await cluster.run([...command, '--output', 'json', ...args], env);
        const result = await refused.result();
        expect(result, refused.stderr).toMatchObject({ outcome: 'error', exitCode: 2, code: 'usage' });
        expect(result.message).toMatch(message);
        expect(result.hint).toContain('vhive-coord nodes remove');
      }
      expect(await record()).toEqual(before);
    },
  );

  it('refuses another name', async () => {
    const other = await up('--simulate', '2', '--cluster', 'other');
    expect(await other.result()).toMatchObject({ exitCode: 2, message: expect.stringContaining('other') });
  });

  it('shows a change that can be made, makes it, and remembers it', async () => {
    const changed = await up('--simulate', '2', '--stargz');
    expect(await changed.result(), changed.stderr).toMatchObject({ outcome: 'ready' });
    expect(changed.stderr).toContain('change: stargz: false -> true');
    expect((await (await up('--simulate', '2')).result()).changed).toBe(0);
    const back = await up('--simulate', '2', '--no-stargz', '--dry-run');
    expect(back.stderr).toContain('change: stargz: true -> false (what is set up already stays');
  });

  it('grows; and says what becomes of nodes that it is to do without', async () => {
    const grown = await up('--simulate', '3');
    expect(await grown.result(), grown.stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    expect(grown.stderr).toContain('change: nodes: 2 -> 3');
    const shrunk = await up('--nodes', '2');
    expect(await shrunk.result(), shrunk.stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    expect(shrunk.stderr).toMatch(/sim-3 is left out: it stays in Kubernetes.*kubectl delete node sim-3/);
  });
});
