import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { AgentLink } from '@vhive/coordinator/nats/agent-link';
import { CONSUMER } from '@vhive/coordinator/nats/event-consumer';
import { ensureStreams } from '@vhive/coordinator/nats/streams';
import {
  type AgentEvent,
  agentSubject,
  type Command,
  type CommandReply,
  command as commandSchema,
  decode,
  encode,
  type Heartbeat,
  heartbeatReply,
  type Progress,
  streamNames,
} from '@vhive/shared';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestNatsServer } from '../support/nats-server.ts';
import { recordingLog, silentLog } from '../support/silent-log.ts';

const at = '2026-01-01T00:00:00.000Z';
let server: TestNatsServer;
let cluster: string;
let number = 0;
let nc: NatsConnection;
let agent: NatsConnection;
let link: AgentLink;
const cleanUp: (() => unknown)[] = [];

beforeAll(async () => {
  server = await TestNatsServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  number += 1;
  cluster = `c${number}`;
  nc = await server.connect();
  agent = await server.connect();
  await ensureStreams(nc, cluster);
  link = new AgentLink(nc, cluster, { log: silentLog });
});
afterEach(async () => {
  for (const clean of cleanUp.splice(0).reverse()) await clean();
  await nc.close();
  await agent.close();
});

const command: Command = { type: 'step.cancel', attemptId: 'a-1', reason: 'test' };
const accepted: CommandReply = { type: 'accepted', attemptId: 'a-1', status: 'running' };
const finished = (attemptId: string): AgentEvent => ({
  type: 'attempt.finished',
  result: {
    attemptId,
    runId: 'run-0001',
    stepId: 's',
    outcome: 'ok',
    tasks: [],
    outputs: {},
    startedAt: at,
    finishedAt: at,
  },
});
const soon = () => AbortSignal.timeout(20_000);

/** Publishes an event in the way in which an agent's outbox does. */
async function publish(node: string, id: string, msgID = id): Promise<void> {
  await jetstream(agent).publish(agentSubject(cluster, node, 'evt'), encode(finished(id), { id }), {
    msgID,
    retries: 20,
    timeout: 2_000,
  });
}

/** Collects attempt ids. `until` resolves when a condition holds. */
function collector() {
  const seen: string[] = [];
  const waiting: { condition: () => boolean; resolve: () => void }[] = [];
  return {
    seen,
    add(id: string) {
      seen.push(id);
      for (const { condition, resolve } of waiting) if (condition()) resolve();
    },
    until: (condition: () => boolean) =>
      new Promise<void>((resolve) => {
        waiting.push({ condition, resolve });
        if (condition()) resolve();
      }),
  };
}

/** Returns how many messages are left in the events stream. */
async function left(): Promise<number> {
  const { state } = await (await jetstreamManager(nc)).streams.info(streamNames(cluster).events);
  return state.messages;
}

describe('sendCommand', () => {
  it('is answered at once by an agent that is there', async () => {
    const received: unknown[] = [];
    agent.subscribe(agentSubject(cluster, 'n1', 'cmd'), {
      callback: (_, message) => {
        received.push(decode(commandSchema, message.data));
        message.respond(encode(accepted));
      },
    });
    await agent.flush();
    expect(await link.sendCommand('n1', command, { signal: soon() })).toEqual(accepted);
    expect(received).toEqual([{ ok: true, envelope: expect.objectContaining({ body: command }) }]);
  });

  it('repeats the same message until a late agent gives a valid answer', async () => {
    const waiting = link.sendCommand('n1', command, { signal: soon() });
    const ids: string[] = [];
    agent.subscribe(agentSubject(cluster, 'n1', 'cmd'), {
      callback: (_, message) => {
        const decoded = decode(commandSchema, message.data);
        if (decoded.ok) ids.push(decoded.envelope.id);
        message.respond(ids.length < 3 ? new Uint8Array([1, 2, 3]) : encode(accepted));
      },
    });
    expect(await waiting).toEqual(accepted);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(link.rejected('n1')).toEqual({ 'not-json': 2 });
  });

  it('ends when told to, with the reason given', async () => {
    const stopping = new AbortController();
    const waiting = link.sendCommand('nobody', command, { signal: stopping.signal });
    stopping.abort(new Error('the attempt has ended'));
    await expect(waiting).rejects.toThrow('the attempt has ended');
  });

  it('ends when the connection is closed for good', async () => {
    const waiting = link.sendCommand('nobody', command, { signal: soon() });
    const failed = expect(waiting).rejects.toMatchObject({ code: 'unreachable' });
    await nc.close();
    await failed;
  });

  it('refuses at once what is too large to be sent', async () => {
    const large: Command = { ...command, reason: 'x'.repeat(2 * 1024 * 1024) };
    await expect(link.sendCommand('n1', large, { signal: soon() })).rejects.toMatchObject({ code: 'usage' });
  });

  it('outlives a restart of the server', async () => {
    await server.kill();
    const waiting = link.sendCommand('n1', command, { signal: soon() });
    agent.subscribe(agentSubject(cluster, 'n1', 'cmd'), {
      callback: (_, message) => void message.respond(encode(accepted)),
    });
    await server.start();
    expect(await waiting).toEqual(accepted);
  });
});

describe('consumeEvents', () => {
  it('gives each event with its sender from the subject, and removes it', async () => {
    const got = collector();
    const consumer = await link.consumeEvents(async (node, { result }) => got.add(`${node}:${result.attemptId}`));
    await publish('n1', 'a');
    await publish('n2', 'b');
    await got.until(() => got.seen.length === 2);
    await consumer.stop();
    expect(got.seen).toEqual(['n1:a', 'n2:b']);
    await expect.poll(left, { timeout: 10_000 }).toBe(0);
  });

  it('stores one of many repetitions', async () => {
    for (let index = 0; index < 5; index += 1) await publish('n1', 'same');
    await publish('n1', 'last');
    const got = collector();
    const consumer = await link.consumeEvents(async (_, { result }) => got.add(result.attemptId));
    await got.until(() => got.seen.includes('last'));
    await consumer.stop();
    expect(got.seen).toEqual(['same', 'last']);
  });

  it('keeps what came while nobody listened', async () => {
    for (let index = 0; index < 50; index += 1) await publish('n1', `a-${index}`);
    const got = collector();
    const consumer = await link.consumeEvents(async (_, { result }) => got.add(result.attemptId));
    await got.until(() => got.seen.length === 50);
    await consumer.stop();
    expect(got.seen).toEqual(Array.from({ length: 50 }, (_, index) => `a-${index}`));
  });

  it('gives an event again whose handler failed, and only that one', async () => {
    const got = collector();
    const consumer = await link.consumeEvents(async (_, { result }) => {
      got.add(result.attemptId);
      if (result.attemptId === 'bad' && got.seen.filter((id) => id === 'bad').length < 2) throw new Error('not now');
    });
    await publish('n1', 'good');
    await publish('n1', 'bad');
    await got.until(() => got.seen.length === 3);
    await consumer.stop();
    expect(got.seen).toEqual(['good', 'bad', 'bad']);
    await expect.poll(left, { timeout: 10_000 }).toBe(0);
  });

  it('hands over many at once, so that their writes can be one', async () => {
    let together = 0;
    let most = 0;
    const got = collector();
    for (let index = 0; index < 500; index += 1) void publish('n1', `a-${index}`);
    await publish('n1', 'z');
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const consumer = await link.consumeEvents(async (_, { result }) => {
      together += 1;
      most = Math.max(most, together);
      got.add(result.attemptId);
      await gate;
      together -= 1;
    });
    await got.until(() => got.seen.length === 501);
    open();
    await consumer.stop();
    expect(most).toBe(501);
    await expect.poll(left, { timeout: 10_000 }).toBe(0);
  });

  it('counts garbage by sender and reason, logs it once, and drops it', async () => {
    const { log, lines } = recordingLog();
    link = new AgentLink(nc, cluster, { log });
    const js = jetstream(agent);
    const send = (node: string, data: Uint8Array | string) => js.publish(agentSubject(cluster, node, 'evt'), data);
    await send('n1', 'not json');
    await send('n1', new Uint8Array([0xff, 0xfe]));
    await send('n1', JSON.stringify({ v: 1, id: 'x', sentAt: at, body: { type: 'nonsense' } }));
    await send('n2', JSON.stringify({ v: 99, id: 'x', sentAt: at, body: {} }));
    await send('n2', JSON.stringify({ v: 1, id: 'x', sentAt: at, expiresAt: at, body: {} }));
    await send('NOT-A-NODE', encode(finished('x')));
    await send('n2', `"${'x'.repeat(1_000_000)}"`);
    const got = collector();
    const consumer = await link.consumeEvents(async (_, { result }) => got.add(result.attemptId));
    await publish('n1', 'good');
    await got.until(() => got.seen.includes('good'));
    await consumer.stop();
    expect(link.rejected('n1')).toEqual({ 'not-json': 2, invalid: 1 });
    expect(link.rejected('n2')).toEqual({ version: 1, expired: 1, invalid: 1 });
    expect(link.rejected()).toEqual({ 'not-json': 2, invalid: 3, version: 1, expired: 1 });
    expect(lines.filter(({ sender, reason }) => sender === 'n1' && reason === 'not-json')).toHaveLength(1);
    await expect.poll(left, { timeout: 10_000 }).toBe(0);
  });

  it('loses nothing and goes on by itself when the server is killed in the middle', async () => {
    const got = collector();
    const consumer = await link.consumeEvents(async (_, { result }) => got.add(result.attemptId));
    await publish('n1', 'before');
    await got.until(() => got.seen.includes('before'));
    await server.kill();
    const waiting = Promise.all(Array.from({ length: 20 }, (_, index) => publish('n1', `after-${index}`)));
    await server.start();
    await waiting;
    await got.until(() => new Set(got.seen).size === 21);
    await consumer.stop();
    expect(new Set(got.seen.filter((id) => id !== 'before'))).toEqual(
      new Set(Array.from({ length: 20 }, (_, index) => `after-${index}`)),
    );
  });

  it('makes its consumer anew when somebody deletes it', async () => {
    const got = collector();
    const consumer = await link.consumeEvents(async (_, { result }) => got.add(result.attemptId));
    await publish('n1', 'a');
    await got.until(() => got.seen.includes('a'));
    await (await jetstreamManager(nc)).consumers.delete(streamNames(cluster).events, CONSUMER);
    await publish('n1', 'b');
    await got.until(() => got.seen.includes('b'));
    await consumer.stop();
    expect(got.seen).toEqual(['a', 'b']);
  });
});

describe('subscriptions', () => {
  const beat: Heartbeat = {
    type: 'heartbeat',
    agentVersion: '1',
    bootId: 'b',
    uptimeSeconds: 1,
    load: [0, 0, 0],
    freeMemoryBytes: 1,
    clockOffsetMs: null,
    attempts: [],
    outbox: 0,
    rejected: {},
  };

  it('answers heartbeats with what the handler says, and drops garbage', async () => {
    const heard: string[] = [];
    const stop = link.subscribeHeartbeats(async (node) => {
      heard.push(node);
      return { type: 'heartbeat.reply', receivedAt: at };
    });
    await nc.flush();
    agent.publish(agentSubject(cluster, 'n1', 'hb'), 'garbage');
    const answer = await agent.request(agentSubject(cluster, 'n1', 'hb'), encode(beat));
    expect(decode(heartbeatReply, answer.data)).toMatchObject({ ok: true, envelope: { body: { receivedAt: at } } });
    expect(heard).toEqual(['n1']);
    expect(link.rejected('n1')).toEqual({ 'not-json': 1 });
    stop();
  });

  it('survives a handler that throws', async () => {
    let calls = 0;
    link.subscribeHeartbeats(async () => {
      calls += 1;
      if (calls === 1) throw new Error('first');
      return { type: 'heartbeat.reply', receivedAt: at };
    });
    await nc.flush();
    agent.publish(agentSubject(cluster, 'n1', 'hb'), encode(beat));
    await agent.request(agentSubject(cluster, 'n1', 'hb'), encode(beat));
    expect(calls).toBe(2);
  });

  it('hears progress', async () => {
    const said: Progress = {
      type: 'task.progress',
      runId: 'run-0001',
      stepId: 's',
      attemptId: 'a',
      taskId: 't',
      title: 'x',
      index: 0,
      count: 1,
      status: 'started',
    };
    const heard = new Promise((resolve) => link.subscribeProgress((node, progress) => resolve({ node, progress })));
    await nc.flush();
    agent.publish(agentSubject(cluster, 'n1', 'prg'), encode(said));
    expect(await heard).toEqual({ node: 'n1', progress: said });
  });
});
