import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 60_000 });

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = await SimulatedCluster.create();
});
afterEach(() => cluster.stop());

/** Runs `up` and returns its result line. The run must not have made anything. */
async function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const up = await cluster.run(['up', '--output', 'json', ...args], env);
  const result = await up.result();
  expect(existsSync(cluster.stateDir)).toBe(false);
  expect(existsSync(cluster.cacheDir)).toBe(false);
  // A person reads the same message.
  expect(up.stderr).toContain(String(result.message).split('\n')[0]);
  return result;
}

/** Does the same with a cluster file. */
async function refusedFile(content: string, args: readonly string[] = ['--nodes', '2']) {
  return await refusal([...args, '--config', await cluster.file('vhive.yaml', content)]);
}

describe('up refuses before anything is touched', () => {
  it('an unknown key, with file, line and the key that was meant', async () => {
    const result = await refusedFile('name: lab\nnetwork:\n  podCidrr: 10.0.0.0/16\n');
    expect(result).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(result.message).toMatch(/vhive\.yaml:3/);
    expect(`${result.message} ${result.hint}`).toMatch(/podCidrr[\s\S]*podCidr\b/);
  });

  it('a value of the wrong kind, with its line', async () => {
    const result = await refusedFile('name: lab\nnetwork:\n  plugin: weave\n');
    expect(result).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(result.message).toMatch(/vhive\.yaml:3/);
  });

  it('broken YAML, with its line', async () => {
    const result = await refusedFile('name: lab\nnetwork: {plugin: bridge\nnodes: 3\n');
    expect(result).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(result.message).toMatch(/vhive\.yaml:\d/);
  });

  it('overlapping ranges, with both', async () => {
    const result = await refusedFile('network:\n  podCidr: 10.96.0.0/12\n  serviceCidr: 10.100.0.0/16\n');
    expect(result).toMatchObject({ exitCode: 2, code: 'usage', hint: expect.stringContaining('10.244.0.0/16') });
    expect(result.message).toMatch(/10\.100\.0\.0\/16 overlaps with network\.podCidr 10\.96\.0\.0\/12/);
  });

  it('a range that overlaps with the LAN', async () => {
    const result = await refusedFile('lan: 10.244.1.0/24\n');
    expect(result).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(result.message).toContain('10.244.1.0/24');
  });

  it.each([
    [['--sandbox', 'gvisor', '--stargz'], /--stargz: gVisor and eStargz do not go together/],
    [['--sandbox', 'gvisor', '--upf'], /--upf: user-level page faults \(REAP\) are those of Firecracker/],
    [['--sandbox', 'stock-only', '--snapshots'], /--snapshots: snapshots are those of Firecracker/],
  ])('what cannot go together: %s: exit code 2, with reason and fix', async (args, named) => {
    const result = await refusal(['--nodes', '2', ...args]);
    expect(result).toMatchObject({ exitCode: 2, code: 'usage', hint: expect.stringMatching(/./) });
    expect(result.message).toMatch(named);
  });

  it('what cannot go together in the file, with its line', async () => {
    const result = await refusedFile('nodes: 2\nsandbox: gvisor\nstargz: true\n');
    expect(result).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(result.message).toMatch(/vhive\.yaml:3: stargz/);
  });

  it('a pod range too small for the pods of a node, with its line', async () => {
    const result = await refusedFile('kubernetes: {maxPods: 500}\nnetwork:\n  podCidr: 10.50.0.0/24\n');
    expect(result).toMatchObject({ exitCode: 2, code: 'usage', hint: expect.stringContaining('/21') });
    expect(result.message).toMatch(/vhive\.yaml:3: network\.podCidr: .* kubernetes\.maxPods 500/);
  });

  it('addresses for the load balancer that pods have', async () => {
    const result = await refusedFile('loadBalancer:\n  pool: 10.244.7.1-10.244.7.9\n');
    expect(result).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(result.message).toMatch(/vhive\.yaml:2: loadBalancer\.pool: .*overlaps with network\.podCidr/);
  });

  it.each([
    ['no nodes', ['--nodes', '0'], /--nodes.*'0'/],
    ['no number of nodes', [], /how many nodes/],
    ['an unknown phase', ['--nodes', '2', '--until', 'kubernets'], /kubernets/],
    ['an unknown phase to skip', ['--nodes', '2', '--skip', 'nothing'], /nothing/],
    ['an unknown flag', ['--nodes', '2', '--fast'], /--fast/],
    ['a file that is not there', ['--nodes', '2', '--config', '/nowhere/vhive.yaml'], /\/nowhere\/vhive\.yaml/],
    ['a directory for a file', ['--nodes', '2', '--config', '/'], /cluster file/],
    ['a time without unit', ['--nodes', '2', '--timeout', '30'], /--timeout/],
    ['a lab and a simulation at once', ['--lab', '2', '--simulate', '2'], /exclude each other/],
    ['more nodes than simulated hosts', ['--simulate', '2', '--nodes', '3'], /3 nodes/],
    ['fewer nodes than simulated hosts', ['--simulate', '4', '--nodes', '2'], /--nodes 2 and --simulate 4 contradict/],
    ['a mirror tree that is not there', ['--nodes', '2', '--mirror', '/nowhere/mirror'], /--mirror \/nowhere\/mirror/],
    ['a mirror tree that is a file', ['--nodes', '2', '--mirror', '/etc/hostname'], /it is no folder/],
    ['a trusted network without a prefix', ['--nodes', '2', '--trust-network', '10.0.0.0'], /10\.0\.0\.0\/32/],
    ['a NATS server of another kind', ['--nodes', '2', '--nats', 'http://x'], /--nats/],
    ['a time limit beyond all timers', ['--nodes', '2', '--timeout', '99999d'], /--timeout/],
    ['a cluster with a dot in its name', ['--nodes', '2', '--cluster', 'a.b'], /--cluster/],
  ])('%s: exit code 2', async (_what, args, named) => {
    const result = await refusal(args);
    expect(result).toMatchObject({ outcome: 'error', exitCode: 2, code: 'usage' });
    expect(result.message).toMatch(named);
    expect(result.hint ?? '').not.toBe('');
  });

  it('a wrong environment variable, by its name', async () => {
    const result = await refusal([], { VHIVE_NODES: 'three' });
    expect(result).toMatchObject({ exitCode: 2, code: 'usage' });
    expect(result.message).toContain('VHIVE_NODES');
  });

  it.each(['/etc/hostname', '/proc/mirror', '/nowhere/mirror'])('a mirror that cannot be at %s', async (directory) => {
    const pull = await cluster.run(['mirror', 'pull', '--nodes', '2', '--to', directory, '--output', 'json']);
    const result = await pull.result();
    expect(result).toMatchObject({
      outcome: 'error',
      exitCode: 2,
      code: 'usage',
      hint: expect.stringContaining('--to'),
    });
    expect(result.message).toContain(`--to ${directory}: `);
  });

  it('an unknown command', async () => {
    const program = await cluster.run(['upp']);
    expect(await program.ended).toBe(2);
    expect(program.stderr).toContain('upp');
  });
});

describe('where there is no coordinator', () => {
  it.each([
    ['status'],
    ['status --watch'],
    ['nodes ls'],
    ['nodes approve sim-1:0123456789abcdef'],
    ['logs'],
    ['logs --follow'],
    ['retry'],
  ])('%s: exit code 6, and what to type', async (words) => {
    const program = await cluster.run([...words.split(' '), '--output', 'json']);
    expect(await program.result()).toMatchObject({
      exitCode: 6,
      code: 'unreachable',
      hint: expect.stringContaining('vhive-coord up --nodes N'),
    });
    expect(existsSync(cluster.stateDir)).toBe(false);
  });
});
