import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let cluster: SimulatedCluster;
/** What of the simulated Kubernetes does not come up. */
let stuck: string;
const asRoot = 'container has runAsNonRoot and image will run as root';
const reason = `pod registry/docker-registry-simulated (on simulated): registry: CreateContainerConfigError, ${asRoot}`;

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  await cluster.serve();
  await cluster.agents(1);
  const directory = join(cluster.simulation, 'cluster');
  await mkdir(directory, { recursive: true });
  stuck = join(directory, 'stuck.json');
});
afterAll(() => cluster.stop());

const up = () => cluster.up(1, [], { registry: { local: true } });

it('a pod that will not come up by waiting: everybody who watches is told why, and the step fails within a minute', async () => {
  const workload = { namespace: 'registry', name: 'docker-registry', container: 'registry' };
  await writeFile(stuck, JSON.stringify([{ ...workload, reason: 'CreateContainerConfigError', message: asRoot }]));
  const run = await up();
  expect(await run.line('reasons')).toMatchObject({
    node: 'sim-1',
    phase: 'registry',
    reasons: [reason, expect.any(String)],
  });
  const status = await (await cluster.client()).status();
  expect(status.run?.steps.flatMap((step) => step.waiting ?? [])).toContain(reason);
  const shown = await cluster.run(['runs', 'show']);
  expect(shown.stdout.replaceAll(/\s+/g, ' ')).toContain(`sim-1 registry (image registry runs) waits: ${reason}`);

  expect(await run.result()).toMatchObject({ outcome: 'failed', exitCode: 4 });
  expect(run.stderr).toMatch(/waits \(registry\/docker-registry is available\):\n {4}pod registry/);
  const ends = run.lines().flatMap((line) => (line.type === 'step' && line.status === 'failed' ? [line] : []));
  expect(ends).toHaveLength(1);
  expect(ends[0]).toMatchObject({ attempt: 1, failure: { permanent: true } });
  expect(ends[0]?.failure?.message).toContain(`docker-registry will not get there by waiting: ${reason}`);
  expect(ends[0]?.seconds).toBeLessThan(60);
});

it('once it is put right, the same command goes on to the end', async () => {
  await rm(stuck);
  const run = await up();
  expect(await run.result()).toMatchObject({ outcome: 'ready', exitCode: 0 });
});
