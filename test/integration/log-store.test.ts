import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { LogStore, shareBytes } from '@vhive/coordinator/nats/log-store';
import { ensureStreams, LOG_BYTES } from '@vhive/coordinator/nats/streams';
import { COORDINATOR, type LogBatch, logSubject } from '@vhive/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestNatsServer } from '../support/nats-server.ts';
import { silentLog } from '../support/silent-log.ts';

const at = '2026-01-01T00:00:00.000Z';
let server: TestNatsServer;
let nc: NatsConnection;
let cluster: string;
let logs: LogStore;
let number = 0;

beforeAll(async () => {
  server = await TestNatsServer.start();
  nc = await server.connect();
});
afterAll(() => server.stop());
beforeEach(async () => {
  number += 1;
  cluster = `logs${number}`;
  await ensureStreams(nc, cluster);
  logs = new LogStore(nc, cluster, { log: silentLog });
});

const batch = (texts: string[], origin: Partial<LogBatch> = {}): LogBatch => ({
  type: 'log',
  runId: 'run-0001',
  stepId: 's',
  phase: 'containerd',
  attemptId: 'a',
  ...origin,
  lines: texts.map((text) => ({ at, taskId: 't', stream: 'stdout', text })),
});
const publish = (node: string, body: LogBatch) => logs.append(node, body);
async function texts(filter: Parameters<LogStore['read']>[0] = {}): Promise<string[]> {
  const all: string[] = [];
  for await (const line of logs.read(filter)) all.push(`${line.node}:${line.text}`);
  return all;
}

describe('LogStore', () => {
  it('is empty at first', async () => {
    expect(await texts()).toEqual([]);
    expect(await texts({ node: 'n1' })).toEqual([]);
    expect(await texts({ since: new Date(Date.now() - 60_000) })).toEqual([]);
  });

  it('reads lines by node, run, phase and time', async () => {
    await publish('n1', batch(['one', 'two']));
    await publish('n2', batch(['three'], { runId: 'run-0002' }));
    await publish('n2', batch(['four'], { phase: 'kubeadm' }));
    await logs.append(COORDINATOR, batch(['mine']));
    expect(await texts()).toEqual(['n1:one', 'n1:two', 'n2:three', 'n2:four', '@coordinator:mine']);
    expect(await texts({ node: 'n2' })).toEqual(['n2:three', 'n2:four']);
    expect(await texts({ node: COORDINATOR })).toEqual(['@coordinator:mine']);
    expect(await texts({ runId: 'run-0002' })).toEqual(['n2:three']);
    expect(await texts({ phase: 'kubeadm' })).toEqual(['n2:four']);
    expect(await texts({ node: 'n1', phase: 'kubeadm' })).toEqual([]);
    expect(await texts({ since: new Date(Date.now() - 60_000) })).toHaveLength(5);
    expect(await texts({ since: new Date(Date.now() + 60_000) })).toEqual([]);
  });

  it('stores a batch once that an agent sends again, also when another agent uses the same id', async () => {
    await logs.append('n2', batch(['of n2']), 'a-log-0');
    for (let times = 0; times < 3; times += 1) await logs.append('n1', batch(['of n1']), 'a-log-0');
    expect(await texts()).toEqual(['n2:of n2', 'n1:of n1']);
  });

  it('one node that writes without end removes its own oldest lines, and nobody else’s', async () => {
    const share = shareBytes(0);
    await logs.append('n1', batch(['of n1']));
    const large = 'x'.repeat(500_000);
    const flood = async (count: number) => {
      for (let index = 0; index < count; index += 1) await logs.append('n2', batch([`${index}`, large]));
    };
    await flood(30);
    // A coordinator that has just been started must not begin to count anew.
    logs = new LogStore(nc, cluster, { log: silentLog });
    await flood(60);
    const mine = await texts({ node: 'n2' });
    const bytes = mine.reduce((sum, text) => sum + text.length, 0);
    expect(bytes).toBeLessThanOrEqual(share);
    expect(bytes).toBeGreaterThan(share * 0.9);
    expect(mine.at(-2)).toBe('n2:59');
    expect(await texts({ node: 'n1' })).toEqual(['n1:of n1']);
  });

  it('has room for the shares of all', () => {
    for (const nodes of [0, 1, 7, 8, 100, 1000]) expect(shareBytes(nodes) * (nodes + 1)).toBeLessThanOrEqual(LOG_BYTES);
  });

  it('skips and counts what is no log', async () => {
    await jetstream(nc).publish(logSubject(cluster, 'n1'), 'garbage');
    await publish('n1', batch(['good']));
    expect(await texts()).toEqual(['n1:good']);
    expect(logs.rejected('n1')).toEqual({ 'not-json': 1 });
  });

  it('reads thousands of lines', async () => {
    for (let index = 0; index < 40; index += 1)
      await publish('n1', batch(Array.from({ length: 100 }, (_, line) => `${index * 100 + line}`)));
    expect(await texts()).toEqual(Array.from({ length: 4000 }, (_, line) => `n1:${line}`));
  });

  it('follows: stored lines first, then live ones, until told to stop', async () => {
    await publish('n1', batch(['old']));
    const stopping = new AbortController();
    const seen: string[] = [];
    for await (const { text } of logs.follow({ node: 'n1' }, stopping.signal)) {
      seen.push(text);
      if (text === 'old') {
        await publish('n2', batch(['of another']));
        await publish('n1', batch(['new']));
      }
      if (text === 'new') stopping.abort();
    }
    expect(seen).toEqual(['old', 'new']);
  });

  it('stops following at once when nothing comes', async () => {
    const stopping = new AbortController();
    const following = logs.follow({}, stopping.signal);
    const next = following.next();
    stopping.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
