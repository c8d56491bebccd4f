import { createInbox, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { AgentLink } from '@vhive/coordinator/nats/agent-link';
import {
  type AgentEvent,
  agentInboxPrefix,
  agentSubject,
  type Command,
  type CommandReply,
  command as commandSchema,
  decode,
  encode,
  type Heartbeat,
  heartbeatReply,
  type LogBatch,
  logSubject,
  PROTOCOL_VERSION,
  type Progress,
  type Receipt,
  type ReceiptOutcome,
  receipt,
  runSubject,
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
const batch: LogBatch = {
  ...{ type: 'log', runId: 'run-0001', stepId: 's', phase: 'p', attemptId: 'a' },
  lines: [{ at, taskId: 't', stream: 'stdout', text: 'x' }],
};
const receiptOf = (outcome: ReceiptOutcome): Receipt => ({ type: 'receipt', outcome });
const soon = () => AbortSignal.timeout(20_000);

/** Hands an event over in the way in which an agent's outbox does: again and again until there is a receipt. */
async function handOver(node: string, id: string): Promise<string> {
  for (let left = 20; ; left -= 1) {
    try {
      const subject = agentSubject(cluster, node, 'evt');
      const { data } = await asking(node).request(subject, encode(finished(id), { id }), { timeout: 1_000 });
      const decoded = decode(receipt, data);
      return decoded.ok ? decoded.envelope.body.outcome : decoded.reason;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Requests of an agent, whose answers come to its own inbox. */
function asking(node: string): {
  request(subject: string, data: Uint8Array | string, options?: { timeout: number }): Promise<Msg>;
} {
  return {
    async request(subject, data, { timeout } = { timeout: 5_000 }) {
      const reply = createInbox(agentInboxPrefix(cluster, node));
      const { promise, resolve, reject } = Promise.withResolvers<Msg>();
      const inbox = agent.subscribe(reply, {
        max: 1,
        timeout,
        callback: (error, message) =>
          error || message.headers?.code === 503 ? reject(error ?? new Error('nobody listens')) : resolve(message),
      });
      try {
        agent.publish(subject, data, { reply });
      } catch (error) {
        inbox.unsubscribe();
        throw error;
      }
      return await promise;
    },
  };
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

  it('asks an agent again that only refuses because it is about to end', async () => {
    const waiting = link.sendCommand('n1', command, { signal: soon() });
    let asked = 0;
    agent.subscribe(agentSubject(cluster, 'n1', 'cmd'), {
      callback: (_, message) => {
        asked += 1;
        message.respond(encode(asked < 2 ? { type: 'refused', message: 'stopping', passing: true } : accepted));
      },
    });
    expect(await waiting).toEqual(accepted);
    expect(asked).toBe(2);
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

describe('takeEvents', () => {
  it('gives each event with its sender from the subject, and answers with a receipt', async () => {
    const got: string[] = [];
    const channel = link.takeEvents(async (node, { result }) => {
      got.push(`${node}:${result.attemptId}`);
      return result.attemptId === 'a' ? 'stored' : 'stale';
    });
    expect([await handOver('n1', 'a'), await handOver('n2', 'b')]).toEqual(['stored', 'stale']);
    await channel.stop();
    expect(got).toEqual(['n1:a', 'n2:b']);
  });

  it('gives no receipt before the handler is done, and none when it failed: the agent sends the event again', async () => {
    const seen: string[] = [];
    const channel = link.takeEvents(async (_, { result }) => {
      seen.push(result.attemptId);
      if (seen.length < 3) throw new Error('the store is away');
      return 'stored';
    });
    expect(await handOver('n1', 'a')).toBe('stored');
    await channel.stop();
    expect(seen).toEqual(['a', 'a', 'a']);
  });

  it('hands over many at once, so that their writes can be one', async () => {
    let together = 0;
    let most = 0;
    const all = Promise.withResolvers<void>();
    const channel = link.takeEvents(async () => {
      together += 1;
      most = Math.max(most, together);
      if (together === 100) all.resolve();
      await all.promise;
      together -= 1;
      return 'stored';
    });
    await nc.flush();
    await Promise.all(Array.from({ length: 100 }, (_, index) => handOver('n1', `a-${index}`)));
    await channel.stop();
    expect(most).toBe(100);
  });

  it('counts garbage by sender and reason, logs it once, and says so to the sender', async () => {
    const { log, lines } = recordingLog();
    link = new AgentLink(nc, cluster, { log });
    const channel = link.takeEvents(async () => 'stored');
    await nc.flush();
    const send = async (node: string, data: Uint8Array | string) => {
      const { data: answer } = await asking(node).request(agentSubject(cluster, node, 'evt'), data);
      return decode(receipt, answer);
    };
    const unreadable = { ok: true, envelope: expect.objectContaining({ body: receiptOf('unreadable') }) };
    expect(await send('n1', 'not json')).toEqual(unreadable);
    await send('n1', new Uint8Array([0xff, 0xfe]));
    await send('n1', JSON.stringify({ v: PROTOCOL_VERSION, id: 'x', sentAt: at, body: { type: 'nonsense' } }));
    await send('n2', JSON.stringify({ v: 99, id: 'x', sentAt: at, body: {} }));
    await send('n2', JSON.stringify({ v: PROTOCOL_VERSION, id: 'x', sentAt: at, expiresAt: at, body: {} }));
    await send('n2', `{"v":${PROTOCOL_VERSION},"body":${'['.repeat(60_000)}${']'.repeat(60_000)}}`);
    await send('n2', `"${'x'.repeat(1_000_000)}"`);
    expect(await handOver('n1', 'good')).toBe('stored');
    agent.publish(agentSubject(cluster, 'NOT-A-NODE', 'evt'), encode(finished('x')));
    await agent.flush();
    await nc.flush();
    await channel.stop();
    expect(link.rejected('n1')).toEqual({ 'not-json': 2, invalid: 1 });
    expect(link.rejected('n2')).toEqual({ version: 1, expired: 1, 'too-deep': 1, invalid: 1 });
    expect(link.rejected()).toEqual({ 'not-json': 2, invalid: 3, version: 1, expired: 1, 'too-deep': 1 });
    expect(lines.filter(({ sender, reason }) => sender === 'n1' && reason === 'not-json')).toHaveLength(1);
  });

  it('loses nothing and goes on by itself when the server is killed in the middle', async () => {
    const got = new Set<string>();
    const channel = link.takeEvents(async (_, { result }) => {
      got.add(result.attemptId);
      return 'stored';
    });
    expect(await handOver('n1', 'before')).toBe('stored');
    await server.kill();
    const waiting = Promise.all(Array.from({ length: 20 }, (_, index) => handOver('n1', `after-${index}`)));
    await server.start();
    await waiting;
    await channel.stop();
    expect(got).toEqual(new Set(['before', ...Array.from({ length: 20 }, (_, index) => `after-${index}`)]));
  });
});

describe('answers', () => {
  it.each([
    ['the event store', (c: string) => runSubject(c, 'run-0001')],
    ['the logs', (c: string) => logSubject(c, 'n1')],
    ['another agent', (c: string) => agentSubject(c, 'n2', 'cmd')],
    ['the inbox of another agent', (c: string) => `${agentInboxPrefix(c, 'n2')}.x`],
    ['the JetStream API', () => '$JS.API.STREAM.NAMES'],
    ['many subjects at once', (c: string) => `${agentInboxPrefix(c, 'n1')}.*`],
    ['its own inbox as a whole', (c: string) => agentInboxPrefix(c, 'n1')],
  ])('do not go to %s, whatever an agent names; it is counted', async (_, reply) => {
    const arrived: string[] = [];
    nc.subscribe('>', { callback: (_, message) => void arrived.push(message.subject) });
    const beats = link.hearHeartbeats(async () => ({ type: 'heartbeat.reply', receivedAt: at }));
    const results = link.takeEvents(async () => 'stored');
    const batches = link.takeLogs(async () => 'stored');
    await nc.flush();
    const channels = ['hb', 'evt', 'log'] as const;
    const said = { hb: beat, evt: finished('a'), log: batch };
    for (const channel of channels)
      agent.publish(agentSubject(cluster, 'n1', channel), encode(said[channel]), { reply: reply(cluster) });
    await agent.flush();
    await nc.flush();
    await Promise.all([beats, results, batches].map((channel) => channel.stop()));
    await nc.flush();
    const asked = channels.map((channel) => agentSubject(cluster, 'n1', channel));
    expect(arrived.filter((subject) => !subject.startsWith('_INBOX'))).toEqual(asked);
    expect(link.rejected('n1')).toEqual({ foreign: channels.length });
  });
});

describe('limits', () => {
  it('a heartbeat of 300 kB, and more than a few in a moment, are dropped and counted', async () => {
    let heard = 0;
    const beats = link.hearHeartbeats(async () => {
      heard += 1;
      return { type: 'heartbeat.reply', receivedAt: at };
    });
    await nc.flush();
    const subject = agentSubject(cluster, 'n1', 'hb');
    const reply = `${agentInboxPrefix(cluster, 'n1')}.x`;
    agent.publish(subject, encode({ ...beat, agentVersion: 'x'.repeat(300_000) }), { reply });
    for (let index = 0; index < 500; index += 1) agent.publish(subject, encode(beat), { reply });
    await agent.flush();
    await asking('n2').request(agentSubject(cluster, 'n2', 'hb'), encode(beat));
    await beats.stop();
    expect(heard).toBeLessThan(60);
    const { oversize, 'too-often': tooOften = 0 } = link.rejected('n1');
    expect(oversize).toBe(1);
    expect(tooOften).toBeGreaterThan(440);
    expect(link.rejected('n2')).toEqual({});
  });
});

describe('subscriptions', () => {
  it('answers heartbeats with what the handler says, and drops garbage', async () => {
    const heard: string[] = [];
    const channel = link.hearHeartbeats(async (node) => {
      heard.push(node);
      return { type: 'heartbeat.reply', receivedAt: at };
    });
    await nc.flush();
    agent.publish(agentSubject(cluster, 'n1', 'hb'), 'garbage', { reply: `${agentInboxPrefix(cluster, 'n1')}.x` });
    const answer = await asking('n1').request(agentSubject(cluster, 'n1', 'hb'), encode(beat));
    expect(decode(heartbeatReply, answer.data)).toMatchObject({ ok: true, envelope: { body: { receivedAt: at } } });
    expect(heard).toEqual(['n1']);
    expect(link.rejected('n1')).toEqual({ 'not-json': 1 });
    await channel.stop();
  });

  it('survives a handler that throws', async () => {
    let calls = 0;
    link.hearHeartbeats(async () => {
      calls += 1;
      if (calls === 1) throw new Error('first');
      return { type: 'heartbeat.reply', receivedAt: at };
    });
    await nc.flush();
    const reply = `${agentInboxPrefix(cluster, 'n1')}.x`;
    agent.publish(agentSubject(cluster, 'n1', 'hb'), encode(beat), { reply });
    await asking('n1').request(agentSubject(cluster, 'n1', 'hb'), encode(beat));
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
    const heard = new Promise((resolve) => link.hearProgress((node, progress) => resolve({ node, progress })));
    await nc.flush();
    agent.publish(agentSubject(cluster, 'n1', 'prg'), encode(said));
    expect(await heard).toEqual({ node: 'n1', progress: said });
  });
});
