import { join } from 'node:path';
import { createSimulatedHost } from '@vhive/agent/simulated/simulated-host';
import type { JsonLine } from '@vhive/coordinator/cli/json-lines';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { treeLines } from '../support/directory-tree.ts';
import { plainCluster } from '../support/plain-cluster.ts';
import type { Program } from '../support/program.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const names = ['sim-1', 'sim-2', 'sim-3'];
let cluster: SimulatedCluster;
/** The directory that `up --simulate` makes below the cache directory. */

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
});
afterAll(() => cluster.stop());

const up = async (...args: string[]) => {
  const config = ['--config', await cluster.clusterFile(plainCluster)];
  return await cluster.run(['up', '--simulate', '3', '--output', 'json', ...config, ...args]);
};

/** Returns the lines of one type. */
function linesOf<T extends JsonLine['type']>(program: Program, type: T): Extract<JsonLine, { type: T }>[] {
  return program.lines().filter((line) => line.type === type) as Extract<JsonLine, { type: T }>[];
}

/** Returns the files and the state of the machines themselves, without those of their agents. */
async function picture(): Promise<string[]> {
  const trees = await Promise.all(names.map((name) => treeLines(join(cluster.ownMachines, name))));
  const own = trees.flatMap((lines, index) =>
    lines.filter((line) => !/^agent( |\/)/.test(line)).map((line) => `${names[index]}/${line}`),
  );
  return [...own, ...(await treeLines(join(cluster.ownMachines, 'cluster')))];
}

describe('up --simulate 3 --output json', () => {
  it('--dry-run on fresh machines: says what would change, per node, and changes nothing', async () => {
    for (const name of names) await createSimulatedHost({ directory: cluster.ownMachines, name, address: '127.0.0.1' });
    const before = await picture();
    expect(before.length).toBeGreaterThan(30);

    const dry = await up('--dry-run');
    expect(await dry.result()).toMatchObject({ outcome: 'checked', exitCode: 0 });
    const wouldChange = linesOf(dry, 'task').filter(({ status }) => status === 'would-change');
    for (const node of names) {
      const own = wouldChange.filter((task) => task.node === node);
      expect(own.map(({ task }) => task)).toEqual(
        expect.arrayContaining(['packages', 'swap', 'containerd', 'service']),
      );
      expect(own.every(({ changes }) => (changes?.length ?? 0) > 0)).toBe(true);
    }
    expect(linesOf(dry, 'task').filter(({ status }) => status === 'changed')).toEqual([]);
    expect(await picture()).toEqual(before);
  });

  it('a refusal: the cause once, with its nodes, and nothing of the downloads that were stopped for it', async () => {
    const config = await cluster.clusterFile({ ...plainCluster, preflight: { minFreeGiB: 9000 } });
    const run = await cluster.run(['up', '--simulate', '3', '--output', 'json', '--config', config]);
    expect(await run.result()).toMatchObject({ outcome: 'refused', exitCode: 3 });
    expect(run.stderr).toContain('Refused by preflight: no node was changed');
    expect(run.stderr).toMatch(/✖ sim-1, sim-2, sim-3, phase preflight: space: .* at least 9000.0 GiB are needed/);
    expect(run.stderr.match(/9000/g)).toHaveLength(1);
    expect(run.stderr).not.toMatch(/\.lock|retry|the host is fit|stopped while/);
  });

  it('--until: later phases are not part of the run', async () => {
    const run = await up('--until', 'runtime');
    expect(await run.result()).toMatchObject({ outcome: 'done', exitCode: 0 });
    // There is no cluster, so nobody may call one ready.
    expect(run.stderr).toMatch(/Done as far as runtime: 3 of 3 nodes in /);
    expect(run.stderr).not.toMatch(/ready/i);
    const [plan] = linesOf(run, 'plan');
    expect(plan?.plan.phases.map(({ name }) => name)).toEqual(['preflight', 'artifacts', 'system', 'runtime']);
  });

  it('--skip and --limit: only what is left is run, after the preflight of all', async () => {
    const run = await up('--until', 'kubernetes', '--skip', 'system', '--limit', 'sim-2');
    expect(await run.result()).toMatchObject({ outcome: 'done', exitCode: 0 });
    const steps = linesOf(run, 'plan')[0]?.plan.steps ?? [];
    const onHosts = steps.filter(({ phase, node }) => phase !== 'preflight' && node !== '@coordinator');
    expect(onHosts.map(({ id }) => id)).toEqual(['runtime/sim-2', 'kubernetes/sim-2']);
    expect(new Set(steps.map(({ phase }) => phase))).toEqual(
      new Set(['preflight', 'artifacts', 'runtime', 'kubernetes']),
    );
  });

  it('every line parses, the last is the result with outcome and time per node and phase; text is on stderr', async () => {
    const run = await up();
    const result = await run.result();
    expect(result).toMatchObject({ outcome: 'ready', exitCode: 0, wallSeconds: expect.any(Number) });
    expect(result.nodes?.map(({ name, outcome }) => [name, outcome])).toEqual(
      [...names, '@coordinator'].map((name) => [name, 'ready']),
    );
    // Steps of the coordinator may be milestones, which take no time, so only the machines' own phases are looked at.
    for (const node of result.nodes?.filter(({ name }) => names.includes(name)) ?? [])
      for (const phase of node.phases) expect(phase).toMatchObject({ status: 'done', seconds: expect.any(Number) });
    const worker = result.nodes?.find(({ name }) => name === 'sim-2')?.phases.map(({ phase }) => phase);
    expect(worker).toEqual([
      'preflight',
      'system',
      'runtime',
      'kubernetes',
      'kubelet',
      'join',
      'nodes-ready',
      'inspection',
    ]);
    expect(result.phases?.map(({ phase }) => phase)).toContain('control-plane');
    expect(result.changed).toBeGreaterThan(0);

    expect(run.stderr).toContain('SIMULATED');
    expect(run.stderr).toMatch(/Ready: 3 of 3 nodes in /);
    expect(run.stdout).not.toContain('Ready: 3 of 3');
    // Until it is a member a node's kubelet cannot stay up, which is no illness.
    expect(run.stderr).not.toContain('was restarted');
  });

  it('a second time: nothing is changed, in seconds', async () => {
    const before = await picture();
    const again = await (await up()).result();
    expect(again).toMatchObject({ outcome: 'ready', exitCode: 0, changed: 0 });
    expect(again.unchanged).toBeGreaterThan(100);
    expect(again.wallSeconds).toBeLessThan(60);
    const dry = await (await up('--dry-run')).result();
    expect(dry).toMatchObject({ outcome: 'checked', exitCode: 0, changed: 0 });
    expect(await picture()).toEqual(before);
  });

  it('says on every line of the machines’ output that it is simulated', async () => {
    const runs = await cluster.run(['logs', '--output', 'json']);
    const printed = linesOf(runs, 'log').filter(({ line }) => line.stream !== 'agent');
    for (const { line } of printed) expect(line.text).toMatch(/^\(simulated\) /);
  });
});
