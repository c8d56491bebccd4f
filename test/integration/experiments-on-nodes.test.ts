import { SIMULATED_GATEWAY, serveFunction } from '@vhive/agent/simulated/served-function.fixture';
import { createSimulatedHost } from '@vhive/agent/simulated/simulated-host';
import type { KubernetesObject } from '@vhive/shared';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { experimentBed } from '../support/experiment-bed.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

// Experiments on nodes that have agents: they send the load, and tell what their hosts use. The hosts are simulated; their
// gateway answers for the function that is called.

const bed = experimentBed(SIMULATED_GATEWAY);

let cluster: SimulatedCluster;
beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  await cluster.serve();
  await cluster.agents(3);
  const host = await createSimulatedHost({ directory: cluster.simulation, name: 'sim-1', address: '127.0.0.1' });
  await serveFunction(host, 'helloworld');
});
afterAll(() => cluster.stop());

it('agents of the nodes with these labels send the load, and all agents tell once per second what is used', async () => {
  for (const [name, role] of [
    ['sim-1', 'master'],
    ['sim-2', 'load'],
    ['sim-3', 'load'],
  ] as const)
    bed.server.put({
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { role } } },
      status: { capacity: {}, nodeInfo: {} },
    } as KubernetesObject);
  const content = (placement: object) => ({
    ...{ name: 'placed', functions: [{ name: 'helloworld' }], deployTimeoutSeconds: 10, placement },
    load: { rps: 20, durationSeconds: 3 },
    collect: { logs: false },
  });
  const experiment = async (placement: object) => {
    const file = await bed.write('experiment.yaml', content(placement));
    const words = ['experiment', 'run', file, '--results', `${bed.directory}/results`, '-o', 'json'];
    return await cluster.run([...words, '--kubeconfig', bed.server.kubeconfig]);
  };
  const unknown = await experiment({ load: ['sim-9'] });
  expect(await unknown.ended).toBe(2);
  expect(unknown.stderr).toContain('placement.load: there is no node sim-9. The nodes are sim-1, sim-2, sim-3');

  const run = await experiment({ load: { role: 'load' } });
  expect(await run.result(), run.stderr).toMatchObject({ exitCode: 0, trials: { finished: 1 } });
  const trial = 'results/trials/p1-r1';
  const nodes = ['sim-1', 'sim-2', 'sim-3'];
  expect(JSON.parse(await bed.read(`${trial}/trial.json`))).toMatchObject({
    ...{ totals: { planned: 60, ok: 60 }, complaints: [] },
    usage: { agents: nodes, kubelets: [], missing: [] },
  });
  const calls = (await bed.read(`${trial}/calls.csv`)).trim().split('\n').slice(1);
  expect(new Set(calls.map((row) => row.split(',').at(-1)))).toEqual(new Set(['sim-2', 'sim-3']));
  const usage = (await bed.read(`${trial}/usage.csv`)).trim().split('\n').slice(1);
  for (const node of nodes) {
    const rows = usage.map((row) => row.split(',')).filter((row) => row[1] === node);
    // The first is told before the load begins.
    expect(rows.length, node).toBeGreaterThanOrEqual(4);
    const times = rows.map(([time]) => Date.parse(time ?? ''));
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
    expect((rows.length - 1) / seconds, node).toBeCloseTo(1, 0);
    for (const [, , pod, cores, , , , source] of rows) expect([pod, cores, source]).toEqual(['', '0.1000', 'agent']);
  }
}, 120_000);
