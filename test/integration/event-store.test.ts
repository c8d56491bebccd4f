import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EventStore } from '@vhive/coordinator/nats/event-store';
import { encodeEntry } from '@vhive/coordinator/nats/run-entry';
import { ensureStreams } from '@vhive/coordinator/nats/streams';
import { type RunEvent, runSubject, type Step } from '@vhive/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestNatsServer } from '../support/nats-server.ts';
import { silentLog } from '../support/silent-log.ts';

const cluster = 'test';
const at = '2026-01-01T00:00:00.000Z';
let server: TestNatsServer;
let nc: NatsConnection;
let counter = 0;

beforeAll(async () => {
  server = await TestNatsServer.start();
  nc = await server.connect();
  await ensureStreams(nc, cluster);
});
afterAll(() => server.stop());

const store = () => new EventStore(nc, cluster, { log: silentLog });
const newRun = () => {
  counter += 1;
  return `run-${String(counter).padStart(4, '0')}`;
};
const cancelled = (reason: string): RunEvent => ({ type: 'run.cancelled', at, reason });
async function reasons(from: EventStore, runId: string): Promise<[number, string][]> {
  const all: [number, string][] = [];
  for await (const { sequence, event } of from.read(runId))
    if (event.type === 'run.cancelled') all.push([sequence, event.reason]);
  return all;
}

/** Makes the first event of a run with a plan so large that it needs several messages even when it is compressed. */
function largeRun(runId: string, steps: number): RunEvent {
  const random = () => Buffer.from(crypto.getRandomValues(new Uint8Array(750))).toString('base64');
  const step = (index: number): Step => ({
    id: `phase/node-${index}`,
    phase: 'phase',
    executor: `node-${index}`,
    node: `node-${index}`,
    title: random(),
    needs: [],
    after: [],
    tasks: [],
    policy: { timeLimitMs: 1, retries: 0, backoffMs: 0, onFailure: 'fail-node' },
  });
  const plan = {
    phases: [],
    controlPlane: 'node-0',
    nodes: ['node-0'],
    steps: Array.from({ length: steps }, (_, i) => step(i)),
  };
  return { type: 'run.created', at, runId, plan, mode: 'apply', inputHash: 'x', giveUpAfterMs: 1 };
}

describe('EventStore', () => {
  it('replays what was appended, in order, in batches of any size', async () => {
    const run = newRun();
    const writer = store();
    expect(await writer.append(run, [cancelled('a'), cancelled('b')])).toBe(2);
    expect(await Promise.all(['c', 'd', 'e'].map((text) => writer.append(run, [cancelled(text)])))).toEqual([3, 4, 5]);
    expect(await reasons(store(), run)).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
      [4, 'd'],
      [5, 'e'],
    ]);
  });

  it('lists runs by name, and reads nothing of an unknown one', async () => {
    const run = newRun();
    await store().append(run, [cancelled('x')]);
    const runs = await store().listRuns();
    expect(runs).toContain(run);
    expect(runs).toEqual([...runs].sort());
    expect(await reasons(store(), 'run-unknown')).toEqual([]);
  });

  it('goes on where another process ended', async () => {
    const run = newRun();
    await store().append(run, [cancelled('a')]);
    const next = store();
    expect(await reasons(next, run)).toHaveLength(1);
    expect(await next.append(run, [cancelled('b')])).toBe(2);
    expect(await store().append(run, [cancelled('c')])).toBe(3);
  });

  it('lets only one of two leaders write', async () => {
    const run = newRun();
    const old = store();
    await old.append(run, [cancelled('a')]);
    const fresh = store();
    await reasons(fresh, run);
    await fresh.append(run, [cancelled('b')]);
    await expect(old.append(run, [cancelled('lost')])).rejects.toMatchObject({ code: 'refused' });
    await expect(old.append(run, [cancelled('lost too')])).rejects.toMatchObject({ code: 'refused' });
    expect((await reasons(store(), run)).map(([, reason]) => reason)).toEqual(['a', 'b']);
  });

  it('refuses to create a run twice', async () => {
    const run = newRun();
    await store().append(run, [largeRun(run, 1)]);
    await expect(store().append(run, [largeRun(run, 1)])).rejects.toMatchObject({ code: 'refused' });
  });

  it('takes a plan larger than any message', async () => {
    const run = newRun();
    const created = largeRun(run, 4_000);
    expect(JSON.stringify(created).length).toBeGreaterThan(4 * 1024 * 1024);
    const writer = store();
    await writer.append(run, [created]);
    await writer.append(run, [cancelled('after')]);
    const events: RunEvent[] = [];
    for await (const { event } of store().read(run)) events.push(event);
    expect(events).toEqual([created, cancelled('after')]);
  });

  it('skips an entry whose writer died between two parts', async () => {
    const run = newRun();
    const writer = store();
    await writer.append(run, [cancelled('a')]);
    const [part] = await encodeEntry(2, [largeRun(run, 2_000)], 500 * 1024);
    await jetstream(nc).publish(runSubject(cluster, run), part?.data, { ...(part ? { headers: part.headers } : {}) });
    expect(part?.headers.get('Vhive-Part')).not.toBe('1/1');
    const next = store();
    expect(await reasons(next, run)).toEqual([[1, 'a']]);
    expect(await next.append(run, [cancelled('b')])).toBe(2);
    expect(await store().append(run, [cancelled('c')])).toBe(3);
    expect(await reasons(store(), run)).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  it('names the message that is corrupt', async () => {
    const run = newRun();
    await store().append(run, [cancelled('a')]);
    const { seq } = await jetstream(nc).publish(runSubject(cluster, run), 'garbage');
    await expect(reasons(store(), run)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining(`message ${seq}`),
    });
  });

  it('names the message whose event is none', async () => {
    const run = newRun();
    const bad = { type: 'no.such.event' } as unknown as RunEvent;
    await store().append(run, [bad]);
    await expect(reasons(store(), run)).rejects.toThrow('is corrupt');
  });

  it('follows stored events, then live ones, until told to stop', async () => {
    const run = newRun();
    const writer = store();
    await writer.append(run, [cancelled('1'), cancelled('2'), cancelled('3')]);
    const stopping = new AbortController();
    const seen: number[] = [];
    for await (const { sequence } of store().follow(run, 2, stopping.signal)) {
      seen.push(sequence);
      if (sequence === 3) await writer.append(run, [cancelled('4'), cancelled('5')]);
      if (sequence === 5) stopping.abort();
    }
    expect(seen).toEqual([2, 3, 4, 5]);
  });

  it('stores once what was in flight when the server was killed, and goes on', async () => {
    const run = newRun();
    const writer = store();
    await writer.append(run, [cancelled('0')]);
    const appends = Array.from({ length: 200 }, (_, index) => writer.append(run, [cancelled(String(index + 1))]));
    await appends[20];
    await server.kill();
    const restarted = server.start();
    expect(await Promise.all(appends)).toEqual(Array.from({ length: 200 }, (_, index) => index + 2));
    await restarted;
    expect((await reasons(store(), run)).map(([, reason]) => Number(reason))).toEqual(
      Array.from({ length: 201 }, (_, index) => index),
    );
  });

  it('follows on after a restart of the server, however little had come before', async () => {
    const run = newRun();
    const writer = store();
    await writer.append(run, [cancelled('1')]);
    const stopping = new AbortController();
    const seen: number[] = [];
    const writeOn = async () => {
      await server.kill();
      const restarted = server.start();
      for (let number = 2; number <= 40; number += 1) await writer.append(run, [cancelled(String(number))]);
      await restarted;
    };
    let written: Promise<void> | undefined;
    const begun = performance.now();
    for await (const { sequence } of store().follow(run, 1, stopping.signal)) {
      seen.push(sequence);
      written ??= writeOn();
      if (sequence === 40) stopping.abort();
    }
    await written;
    expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    // The reading must not go on only when the forgotten pull request has run out.
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('stops trying when told to', async () => {
    const stopping = new AbortController();
    const run = newRun();
    const writer = new EventStore(nc, cluster, { log: silentLog, signal: stopping.signal });
    await writer.append(run, [cancelled('a')]);
    await server.kill();
    const waiting = writer.append(run, [cancelled('b')]);
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toMatchObject({ code: 'unreachable' });
    await server.start();
  });
});
