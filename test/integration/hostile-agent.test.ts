import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, jwtAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import {
  type AgentEvent,
  agentInboxPrefix,
  agentSubject,
  decode,
  encode,
  MAX_MESSAGE_BYTES,
  type NodeView,
  receipt,
} from '@vhive/shared';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Program } from '../support/program.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

// The credentials of sim-2 are in the wrong hands, while a run stands still in the middle of the runtime phase of
// sim-1.
let cluster: SimulatedCluster;
let coordinator: Program;
let up: Program;
let runId: string;
let attemptId: string;
const open: NatsConnection[] = [];

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  coordinator = await cluster.serve();
  await cluster.agents(2);
  await cluster.faults('sim-1', [{ command: 'systemctl restart containerd.service', effect: 'hang' }]);
  up = await cluster.up(2);
  await up.line(
    'task',
    ({ step, task, status }) => step === 'runtime/sim-1' && task === 'service' && status === 'started',
  );
  runId = (await up.line('plan')).runId ?? '';
  const events = await cluster.events(runId);
  attemptId =
    events.flatMap((event) =>
      event.type === 'attempt.dispatched' && event.stepId === 'runtime/sim-1' ? [event.attemptId] : [],
    )[0] ?? '';
  expect(attemptId).not.toBe('');
});
afterAll(async () => {
  await Promise.all(open.map((connection) => connection.close()));
  await cluster.stop();
});

/** Makes a connection with the credentials in the state directory of sim-2's agent. */
async function stolen(): Promise<NatsConnection> {
  const file = join(cluster.agentStateDir('sim-2'), 'identity.json');
  const { userSeed, ca, enrolment } = JSON.parse(await readFile(file, 'utf8'));
  const connection = await connect({
    servers: `127.0.0.1:${cluster.natsPort}`,
    tls: { ca },
    authenticator: jwtAuthenticator(enrolment.jwt, Buffer.from(userSeed)),
    inboxPrefix: agentInboxPrefix('vhive', 'sim-2'),
    reconnect: false,
  });
  open.push(connection);
  return connection;
}

/** Resolves with the subject of the next permission violation. */
async function violation(connection: NatsConnection): Promise<string> {
  for await (const status of connection.status()) if (status.type === 'error') return String(status.error.message);
  throw new Error('the connection ended');
}

const inbox = agentInboxPrefix('vhive', 'sim-2');
const own = (channel: 'evt' | 'log' | 'prg' | 'hb') => agentSubject('vhive', 'sim-2', channel);
const viewOf = async (name: string): Promise<NodeView | undefined> =>
  (await (await cluster.client()).nodes()).find((node) => node.name === name);

it('cannot publish as another node, to the event store, or ask the JetStream API', async () => {
  const connection = await stolen();
  for (const subject of [
    agentSubject('vhive', 'sim-1', 'evt'),
    agentSubject('vhive', 'sim-1', 'cmd'),
    `vhive.vhive.run.${runId}`,
    'vhive.vhive.coordinator.log',
    '$JS.API.STREAM.NAMES',
    '$SYS.REQ.SERVER.PING',
  ]) {
    const refused = violation(connection);
    connection.publish(subject, 'x');
    expect(await refused).toContain(subject);
  }
});

it('cannot listen to others', async () => {
  const connection = await stolen();
  for (const subject of ['>', agentSubject('vhive', 'sim-1', 'cmd'), 'vhive.vhive.run.*', '_INBOX.>']) {
    const refused = violation(connection);
    connection.subscribe(subject, { callback: () => undefined });
    expect(await refused).toContain(subject);
  }
});

it('a result for another node’s step is foreign: counted, and the step goes on', async () => {
  const connection = await stolen();
  const at = new Date().toISOString();
  const event: AgentEvent = {
    type: 'attempt.finished',
    result: {
      ...{ attemptId, runId, stepId: 'runtime/sim-1', outcome: 'ok', tasks: [], outputs: {} },
      ...{ startedAt: at, finishedAt: at },
    },
  };
  await connection.request(own('evt'), encode(event), { timeout: 5_000 });
  await expect
    .poll(async () => (await viewOf('sim-2'))?.rejected, { timeout: 20_000 })
    .toMatchObject({ 'coordinator.foreign': 1 });
  const { run } = await (await cluster.client()).status();
  expect(run?.steps.find(({ id }) => id === 'runtime/sim-1')).toMatchObject({ status: 'running', attempts: 1 });
});

it('garbage and other versions on its own subjects are counted as its own, and dropped', async () => {
  const connection = await stolen();
  const channels = ['evt', 'prg', 'hb'] as const;
  for (const message of ['{', Buffer.from([0xff, 0xfe]), '{"v":99}', encode({ type: 'surprise' })])
    for (const channel of channels) connection.publish(own(channel), message, { reply: `${inbox}.x` });
  await connection.flush();
  const counts = { 'not-json': 2 * channels.length, version: channels.length, invalid: channels.length };
  const ofNode = Object.fromEntries(Object.entries(counts).map(([reason, count]) => [`coordinator.${reason}`, count]));
  await expect.poll(async () => (await viewOf('sim-2'))?.rejected, { timeout: 20_000 }).toMatchObject(ofNode);
  expect((await (await cluster.client()).status()).rejected).toEqual({ ...counts, foreign: 1 });
  expect((await viewOf('sim-1'))?.rejected).toEqual({});
});

it('garbage in the place of output is not even stored', async () => {
  const connection = await stolen();
  const { data } = await connection.request(own('log'), '{', { timeout: 5_000 });
  expect(decode(receipt, data)).toMatchObject({ envelope: { body: { outcome: 'unreadable' } } });
  const logs = await cluster.run(['logs', '--node', 'sim-2', '--output', 'json']);
  expect(await logs.result()).toMatchObject({ exitCode: 0 });
  expect(logs.lines().length).toBeGreaterThan(10);
});

it('10 MB are refused by the server, and cost the sender its connection only', async () => {
  const connection = await stolen();
  expect(() => connection.publish(own('evt'), Buffer.alloc(10 * MAX_MESSAGE_BYTES))).toThrow(/payload/i);
  const raw = await stolen();
  // This goes past the client library's own check, as a hostile client would.
  Object.assign(raw.info ?? {}, { max_payload: 64 * MAX_MESSAGE_BYTES });
  const closed = raw.closed();
  raw.publish(own('evt'), Buffer.alloc(10 * MAX_MESSAGE_BYTES));
  expect(await closed).toMatchObject({ message: expect.stringMatching(/payload|closed|reset|EPIPE/i) });
});

it('status shows what was dropped; all of it did no harm', async () => {
  const status = await cluster.run(['status']);
  expect(status.stdout).toMatch(/messages dropped: .*7 not-json/);
  expect(status.stdout).toMatch(/sim-2 +reachable.* 14 /);
  expect(coordinator.running).toBe(true);
  await cluster.faults('sim-1', []);
  expect(await up.result()).toMatchObject({ outcome: 'ready', exitCode: 0, runId });
});
