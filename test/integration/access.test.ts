import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeView } from '@vhive/shared';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

// These tests show who is let in, by tokens, approval and network, and who is not. Of the machines 1 to 9, each is used
// by one test.
let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  await cluster.serve();
});
afterAll(() => cluster.stop());

async function nodes(): Promise<NodeView[]> {
  const listed = await cluster.run(['nodes', 'ls', '--output', 'json']);
  return listed.lines().flatMap((line) => (line.type === 'nodes' ? line.nodes : []));
}
const statusOf = async (name: string) => (await nodes()).find((node) => node.name === name)?.status;

/** Starts an agent with a token that is not valid, and returns what it said until it ended. */
async function refusedWith(number: number, token: string): Promise<{ exitCode: number; said: string }> {
  const agent = await cluster.startAgent(number, { VHIVE_TOKEN: token });
  const exitCode = await agent.ended;
  const said = agent.stdout + agent.stderr;
  expect(said).not.toContain(token.split('.')[2]);
  expect(await statusOf(`sim-${number}`)).toBeUndefined();
  return { exitCode, said };
}

it('without a token an agent waits, is listed as pending, and is let in by approval', async () => {
  const agent = await cluster.startAgent(1);
  await agent.says('vhive-coord nodes approve sim-1:');
  const shown = /nodes approve (sim-1:[0-9a-f]{16})/.exec(agent.stdout + agent.stderr)?.[1] ?? '';
  expect(await statusOf('sim-1')).toBe('pending');
  const unknown = await cluster.run(['nodes', 'approve', 'sim-7:0123456789abcdef']);
  expect(await unknown.ended).toBe(2);
  expect(unknown.stderr).toContain('there is no node sim-7');

  const approved = await cluster.run(['nodes', 'approve', shown]);
  expect(await approved.ended).toBe(0);
  expect(approved.stdout).toContain('approved sim-1');
  await agent.says('registered as sim-1');
  expect(await statusOf('sim-1')).toBe('reachable');
});

it('nodes remove: the agent ends with a clear message; its stored credentials are worth nothing', async () => {
  const identity = join(cluster.agentStateDir('sim-1'), 'identity.json');
  const stolen = await readFile(identity);
  const removed = await cluster.run(['nodes', 'remove', 'sim-1']);
  expect(await removed.ended).toBe(0);
  expect(removed.stdout).toContain('removed sim-1');
  const agent = cluster.agentOf('sim-1');
  expect(await agent.ended).toBe(6);
  expect(agent.stderr).toMatch(/this node was removed from the cluster/);
  expect(await statusOf('sim-1')).toBeUndefined();

  await writeFile(identity, stolen, { mode: 0o600 });
  const thief = await cluster.startAgent(1);
  await thief.says('NATS refuses the credentials of this node');
  await thief.says('vhive-coord nodes approve sim-1');
  expect(await statusOf('sim-1')).toBe('pending');
  expect(await thief.stop()).toBe(0);
});

it('token create, ls and revoke: the secret is shown once; a revoked token lets nobody in', async () => {
  const token = await cluster.token('--description', 'rack 7');
  const [fingerprint, id = '', secret = ''] = token.split('.');
  expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  const listed = await cluster.run(['token', 'ls']);
  expect(listed.stdout).toMatch(new RegExp(`${id}[^\\n]*rack 7`));
  expect(listed.stdout).not.toContain(secret);

  expect(await (await cluster.run(['token', 'revoke', id])).ended).toBe(0);
  expect(await refusedWith(2, token)).toMatchObject({ exitCode: 6, said: expect.stringMatching(/revoked/) });
  const unknown = await cluster.run(['token', 'revoke', 'aaaaaaaa']);
  expect(await unknown.ended).toBe(2);
});

it('an expired token lets nobody in', async () => {
  const created = await cluster.run(['token', 'create', '--ttl', '1s', '--output', 'json']);
  const line = created.lines().find(({ type }) => type === 'token');
  if (line?.type !== 'token') throw new Error(created.stderr);
  await sleep(Math.max(0, Date.parse(line.view.expiresAt) - Date.now()) + 5);
  expect(await refusedWith(3, line.token)).toMatchObject({ exitCode: 6, said: expect.stringMatching(/expired/) });
});

it('a wrong secret, a token of another coordinator and what is no token are refused, none is repeated', async () => {
  const [fingerprint = '', id = '', secret = ''] = (await cluster.token()).split('.');
  const wrong = [...secret].reverse().join('');
  expect(await refusedWith(4, `${fingerprint}.${id}.${wrong}`)).toMatchObject({ exitCode: 6 });
  const foreign = fingerprint.replaceAll(/./g, (digit) => ((Number.parseInt(digit, 16) + 1) % 16).toString(16));
  expect(await refusedWith(4, `${foreign}.${id}.${secret}`)).toMatchObject({
    exitCode: 6,
    said: expect.stringMatching(/not the coordinator that made the join token/),
  });
  expect(await refusedWith(4, `nothing.${id}.${secret}`)).toMatchObject({ exitCode: 2 });
});

it('a token on a command line is not even an option', async () => {
  const agent = await cluster.startAgent(5, {}, ['--token', 'x']);
  expect(await agent.ended).toBe(2);
});

it('--trust-network lets agents from that range in, and only from there', async () => {
  const other = await SimulatedCluster.create();
  try {
    await other.serve(['--trust-network', '127.0.0.1/32,192.0.2.0/24']);
    await other.agent(1);
  } finally {
    await other.stop();
  }
  const strict = await SimulatedCluster.create();
  try {
    await strict.serve(['--trust-network', '192.0.2.0/24']);
    await (await strict.startAgent(1)).says('waiting for approval');
  } finally {
    await strict.stop();
  }
});
