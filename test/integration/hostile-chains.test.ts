import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { openAuthority } from '@vhive/coordinator/trust/authority';
import { type RunEvent, streamNames } from '@vhive/shared';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { callHttps } from '../support/https.ts';
import type { Program } from '../support/program.ts';
import { RawNats } from '../support/raw-nats.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

// sim-2 is in the wrong hands: its agent is gone, and somebody who knows the protocol speaks with its credentials. A run
// stands still in the runtime phase of both nodes. The messages are written out here and not taken from the product, as
// an attacker's would be.
const ENVELOPE = 2;
/** How long the coordinator of a busy machine may take to have counted what it was sent. */
const SOON = { timeout: 20_000 };
const own = (channel: string) => `vhive.vhive.agent.sim-2.${channel}`;
const inbox = own('inbox.x');
const at = new Date().toISOString();

let cluster: SimulatedCluster;
let coordinator: Program;
let up: Program;
let runId: string;
let hostile: RawNats;
/** The streams, as the coordinator itself sees them. */
let trusted: NatsConnection;
let streams: JetStreamManager;

const wrap = (body: unknown, id = crypto.randomUUID()) => JSON.stringify({ v: ENVELOPE, id, sentAt: at, body });
const attemptOf = (step: string, number = 1) => `${runId}.${step.replace('/', '_')}.${number}`;
const resultOf = (step: string, changes: object = {}, number = 1) => ({
  ...{ attemptId: attemptOf(step, number), runId, stepId: step, outcome: 'ok', tasks: [], outputs: {} },
  ...{ startedAt: at, finishedAt: at, ...changes },
});
const finished = (result: object) => wrap({ type: 'attempt.finished', result });
const beat = (more: object = {}) =>
  wrap({
    ...{ type: 'heartbeat', agentVersion: '1', bootId: 'b', uptimeSeconds: 1, load: [0, 0, 0], freeMemoryBytes: 1 },
    ...{ clockOffsetMs: null, attempts: [], outbox: 0, rejected: {}, ...more },
  });
const batch = (step: string, text: string) =>
  wrap({
    ...{ type: 'log', runId, stepId: step, phase: step.split('/')[0], attemptId: attemptOf(step) },
    lines: [{ at, taskId: 'service', stream: 'stdout', text }],
  });

/** Sends a message and resolves with the body of the answer. */
async function ask(channel: string, message: string): Promise<{ type: string; outcome?: string }> {
  const reply = own(`inbox.${crypto.randomUUID()}`);
  const { promise, resolve } = Promise.withResolvers<{ type: string; outcome?: string }>();
  hostile.subscribe(reply, ({ data }) => resolve(JSON.parse(data.toString()).body));
  hostile.publish(own(channel), message, { reply });
  return await promise;
}

const step = async (id: string) => (await (await cluster.client()).status()).run?.steps.find((each) => each.id === id);
const dropped = async () =>
  (await (await cluster.client()).nodes()).find(({ name }) => name === 'sim-2')?.rejected ?? {};
const dispatched = (events: RunEvent[], stepId: string) =>
  events.filter((event) => event.type === 'attempt.dispatched' && event.stepId === stepId).length;

/** The sequences of all streams but the lease, whose holder writes on. */
async function sequences(): Promise<Record<string, unknown>> {
  const names = streamNames('vhive');
  const found: Record<string, unknown> = {};
  for (const name of [names.runs, names.logs]) {
    const { state } = await streams.streams.info(name);
    found[name] = [state.messages, state.first_seq, state.last_seq];
  }
  return found;
}

beforeAll(async () => {
  cluster = await SimulatedCluster.create();
  coordinator = await cluster.serve();
  await cluster.agents(2);
  for (const node of ['sim-1', 'sim-2'])
    await cluster.faults(node, [{ command: 'systemctl restart containerd.service', effect: 'hang' }]);
  up = await cluster.up(2);
  for (const node of ['sim-1', 'sim-2'])
    await up.line(
      'task',
      (line) => line.step === `runtime/${node}` && line.task === 'service' && line.status === 'started',
    );
  runId = (await up.line('plan')).runId ?? '';
  await cluster.agentOf('sim-2').kill();
  hostile = await RawNats.asAgent(cluster.agentStateDir('sim-2'), cluster.natsPort);
  const authority = await openAuthority({ stateDir: cluster.stateDir, cluster: 'vhive' });
  const { authenticator } = await authority.coordinatorUser();
  const servers = `tls://127.0.0.1:${cluster.natsPort}`;
  trusted = await connect({ servers, authenticator, tls: { ca: authority.caPem }, maxReconnectAttempts: -1 });
  streams = await jetstreamManager(trusted);
});
afterAll(async () => {
  hostile?.close();
  await trusted?.close();
  await cluster?.stop();
});

it('its own heartbeat is answered at its own inbox', async () => {
  expect(await ask('hb', beat())).toMatchObject({ type: 'heartbeat.reply' });
});

it('no reply subject that it names makes the coordinator or JetStream write, purge or delete anything', async () => {
  const { runs, logs, lease } = streamNames('vhive');
  const before = await sequences();
  const targets = [
    ...[`vhive.vhive.run.${runId}`, 'vhive.vhive.run.run-20990101t000000000-ffffff', 'vhive.vhive.logs.@coordinator'],
    ...['vhive.vhive.coordinator.log', 'vhive.vhive.logs.sim-1', 'vhive.vhive.agent.sim-1.evt', `$KV.${lease}.leader`],
    ...[`$JS.API.STREAM.PURGE.${runs}`, `$JS.API.STREAM.DELETE.${runs}`, `$JS.API.STREAM.MSG.DELETE.${runs}`],
    ...[`$JS.API.STREAM.PURGE.${logs}`, `$JS.API.STREAM.DELETE.KV_${lease}`, '$SYS.REQ.SERVER.PING', '_INBOX.x', '>'],
    ...['vhive.vhive.agent.sim-1.cmd', 'vhive.vhive.agent.sim-1.inbox.x', 'vhive.vhive.agent.sim-2.inbox.*'],
  ];
  for (const reply of targets) {
    hostile.publish(own('hb'), beat(), { reply });
    hostile.publish(own('evt'), finished(resultOf('system/sim-2')), { reply });
    hostile.publish(own('log'), batch('system/sim-2', 'x'), { reply });
  }
  await hostile.flush();
  await expect.poll(async () => (await dropped())['coordinator.foreign'], SOON).toBeGreaterThanOrEqual(targets.length);
  expect(await sequences()).toEqual(before);
  expect((await cluster.run(['status'])).stdout).toContain('Still running');
});

it('it cannot report on, print for or show progress of the steps of others', async () => {
  expect(await ask('evt', finished(resultOf('runtime/sim-1')))).toMatchObject({ outcome: 'foreign' });
  expect(await ask('evt', finished(resultOf('runtime/sim-2', {}, 7)))).toMatchObject({ outcome: 'foreign' });
  const crossed = { ...resultOf('runtime/sim-1'), stepId: 'runtime/sim-2' };
  expect(await ask('evt', finished(crossed))).toMatchObject({ outcome: 'foreign' });
  expect(await ask('log', batch('runtime/sim-1', 'forged line'))).toMatchObject({ outcome: 'foreign' });
  const progress = { taskId: 'service', title: 'forged title', index: 0, count: 1, status: 'changed' };
  const ids = { runId, stepId: 'runtime/sim-1', attemptId: attemptOf('runtime/sim-1') };
  hostile.publish(own('prg'), wrap({ type: 'task.progress', ...ids, ...progress }));
  await hostile.flush();
  const logs = await cluster.run(['logs', '--output', 'json']);
  expect(logs.stdout).not.toContain('forged line');
  expect(up.stdout).not.toContain('forged title');
  expect(await step('runtime/sim-1')).toMatchObject({ status: 'running', attempts: 1 });
});

it('rubbish under the message ids of others suppresses nothing', async () => {
  for (const id of [attemptOf('runtime/sim-1'), `${attemptOf('runtime/sim-1')}-log-0`, 'sim-1', runId])
    for (const channel of ['evt', 'log'])
      hostile.publish(own(channel), '{}', {
        reply: inbox,
        headers: { 'Nats-Msg-Id': id, 'Nats-Expected-Stream': 'X' },
      });
  await hostile.flush();
  expect(await step('runtime/sim-1')).toMatchObject({ status: 'running', attempts: 1 });
});

it('results nested 60,000 deep are put aside, on every way, and neither stop the coordinator nor come back', async () => {
  const deep = `${'{"a":'.repeat(60_000)}1${'}'.repeat(60_000)}`;
  const nested = finished(resultOf('runtime/sim-2', { outputs: { service: 'DEEP' } })).replace('"DEEP"', deep);
  expect(await ask('evt', nested)).toMatchObject({ outcome: 'unreadable' });
  expect(await ask('log', batch('runtime/sim-2', 'DEEP').replace('"DEEP"', deep))).toMatchObject({
    outcome: 'unreadable',
  });
  // On the channels of small messages, what fits is not let through either.
  const less = `${'['.repeat(2_000)}${']'.repeat(2_000)}`;
  for (const channel of ['hb', 'prg'])
    hostile.publish(own(channel), `{"v":${ENVELOPE},"body":${less}}`, { reply: inbox });
  await hostile.flush();
  await expect.poll(async () => (await dropped())['coordinator.too-deep'], SOON).toBe(4);
  expect(coordinator.running).toBe(true);
});

it('heartbeats with 793 kB of facts, and floods of them, cost it its voice and nobody else anything', async () => {
  const huge = beat({ rejected: { ['x'.repeat(793_000)]: 1 } });
  hostile.publish(own('hb'), huge, { reply: inbox });
  for (let count = 0; count < 2_000; count += 1) hostile.publish(own('hb'), beat(), { reply: inbox });
  await hostile.flush();
  await expect.poll(async () => (await dropped())['coordinator.too-often'], SOON).toBeGreaterThan(1_000);
  expect((await dropped())['coordinator.oversize']).toBe(1);
  expect((await (await cluster.client()).nodes()).find(({ name }) => name === 'sim-1')).toMatchObject({
    status: 'reachable',
    rejected: {},
  });
});

it('it can upload nothing, as it was asked for nothing that makes files', async () => {
  const { enrolment } = JSON.parse(await readFile(join(cluster.agentStateDir('sim-2'), 'identity.json'), 'utf8'));
  const ca = await readFile(join(cluster.stateDir, 'ca.pem'), 'utf8');
  const url = `https://127.0.0.1:${cluster.httpsPort}/v1/artifacts/${'a'.repeat(64)}`;
  const type = { 'content-type': 'application/octet-stream', 'content-length': '7' };
  const headers = { authorization: `Bearer ${enrolment.artifactToken}`, ...type };
  const answer = await callHttps(url, ca, { method: 'PUT', headers, body: 'program' });
  expect(answer).toMatchObject({ status: 403, body: { code: 'refused' } });
});

it('its answer to a command of its own finishes no step but its own, and that one not without what it must give', async () => {
  const asked: { attemptId: string; stepId: string }[] = [];
  hostile.subscribe(own('cmd'), ({ data, reply = '' }) => {
    const { id, body } = JSON.parse(data.toString());
    asked.push(body);
    const forged = resultOf('runtime/sim-1', { outputs: { service: { artifact: { sha256: 'a'.repeat(64) } } } });
    hostile.publish(reply, wrap({ type: 'finished', attemptId: body.attemptId, result: forged }, id));
  });
  await hostile.flush();
  // An attempt that was interrupted is dispatched anew, so that a command comes.
  const interrupted = finished(resultOf('runtime/sim-2', { outcome: 'interrupted' }));
  expect(await ask('evt', interrupted)).toMatchObject({ outcome: 'stored' });
  await expect.poll(async () => (await step('runtime/sim-2'))?.status, SOON).toBe('failed');
  expect(asked).toMatchObject([{ stepId: 'runtime/sim-2', attemptId: attemptOf('runtime/sim-2', 2) }]);
  expect(await step('runtime/sim-2')).toMatchObject({ failure: { code: 'invalid-result' } });
  expect(await step('runtime/sim-1')).toMatchObject({ status: 'running', attempts: 1 });
});

it('after all of it the coordinator starts again, and the steps of the other node were done once', async () => {
  await coordinator.kill();
  coordinator = await cluster.serve();
  await cluster.faults('sim-1', []);
  await expect
    .poll(async () => (await (await cluster.client()).status()).run?.status, { timeout: 60_000 })
    .not.toBe('running');
  const events = await cluster.events(runId);
  expect(dispatched(events, 'runtime/sim-1')).toBe(1);
  expect(await step('runtime/sim-1')).toMatchObject({ status: 'done' });
});
