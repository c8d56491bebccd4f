import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Action } from '@vhive/agent/actions/kit/action';
import type { AnyAction } from '@vhive/agent/executor/action-table';
import type { Host } from '@vhive/agent/host/host';
import { createRealHost } from '@vhive/agent/host/real-host';
import { certificateFingerprint, createCa, issueServerCertificate } from '@vhive/coordinator/trust/certificates';
import { agentSubject, type CommandReply, encode, MAX_MESSAGE_BYTES, type RunStep } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentBed, startAgentBed } from '../support/agent-bed.ts';
import { agentIdentity } from '../support/secured-nats.ts';

let bed: AgentBed;
beforeEach(async () => {
  bed = await startAgentBed();
});
afterEach(() => bed.stop());

let serial = 0;
function stepOf(action: string, params: Record<string, unknown> = {}, changes: Partial<RunStep> = {}): RunStep {
  return {
    type: 'step.run',
    runId: 'run-test',
    stepId: 'phase/n1',
    attemptId: `attempt-${serial++}`,
    phase: 'phase',
    mode: 'apply',
    timeLimitMs: 60_000,
    tasks: [{ id: 't', title: 'Task', action, params }],
    ...changes,
  };
}

const send = (command: Parameters<AgentBed['link']['sendCommand']>[1]): Promise<CommandReply> =>
  bed.link.sendCommand('n1', command, { signal: AbortSignal.timeout(20_000) });

const noOp: Action<'no-op'> = {
  check: async () => ({ converged: true, outputs: {} }),
  apply: async () => ({}),
};

/** An action that ends when it is told to, and that counts how often it was begun. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const action: AnyAction & { begun: number } = {
    begun: 0,
    async check(_, context) {
      this.begun++;
      await Promise.race([
        promise,
        new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason))),
      ]);
      return { converged: true, outputs: {} };
    },
    apply: async () => undefined,
  };
  return { action, open: resolve };
}

const host = createRealHost();

describe('an agent with a join token', () => {
  it('is registered and answers a short step with its result', async () => {
    const actions = { 'no-op': noOp as AnyAction };
    const agent = await bed.agent('n1', { host, actions, token: await bed.token(), replyWithinMs: 20_000 });
    await agent.registered;
    expect(bed.nodes.views()).toMatchObject([{ name: 'n1', status: 'reachable' }]);
    expect(await send(stepOf('no-op'))).toMatchObject({ type: 'finished', result: { outcome: 'ok' } });
    expect(agent.status()).toMatchObject({ enrolled: true, connected: true, registered: true, outbox: 0 });
  });

  it('sends the result of a long step as an event and takes a cancel', async () => {
    const { action, open } = gate();
    const agent = await bed.agent('n1', { host, actions: { 'no-op': action }, token: await bed.token() });
    await agent.registered;
    const [long, cancelled] = [stepOf('no-op'), stepOf('no-op')];
    expect(await send(long)).toMatchObject({ type: 'accepted', status: 'running' });
    expect(await send(cancelled)).toMatchObject({ type: 'accepted', status: 'running' });
    await send({ type: 'step.cancel', attemptId: cancelled.attemptId, reason: 'enough' });
    await bed.until(() => bed.events.length === 1);
    open();
    await bed.until(() => bed.events.length === 2);
    expect(bed.events.map(({ event }) => [event.result.attemptId, event.result.outcome])).toEqual([
      [cancelled.attemptId, 'cancelled'],
      [long.attemptId, 'ok'],
    ]);
    expect(await send(long)).toMatchObject({ type: 'finished', result: { outcome: 'ok' } });
    expect(action.begun).toBe(2);
  });

  it('sends the output of commands, without secrets', async () => {
    const chatty: AnyAction = {
      async check(_, context) {
        context.redact('very-secret-thing');
        await context.host.run(['sh', '-c', 'echo one; echo very-secret-thing >&2'], context.streamed);
        return { converged: true, outputs: {} };
      },
      apply: async () => undefined,
    };
    await bed.agent('n1', { host, actions: { 'no-op': chatty }, token: await bed.token() });
    await send(stepOf('no-op'));
    await bed.until(() => bed.logs.flatMap((batch) => batch.lines).length >= 2);
    const lines = bed.logs.flatMap((batch) => batch.lines.map((line) => `${line.stream} ${line.text}`));
    expect(lines.sort()).toEqual(['stderr ***', 'stdout one']);
  });

  it('comes back after nats-server was restarted, with the results of meanwhile', async () => {
    const { action, open } = gate();
    const agent = await bed.agent('n1', { host, actions: { 'no-op': action }, token: await bed.token() });
    await agent.registered;
    await send(stepOf('no-op'));
    const stopped = bed.nats.restart();
    await expect.poll(() => agent.status().connected).toBe(false);
    open();
    await expect.poll(() => agent.status().outbox).toBe(1);
    await stopped;
    await bed.until(() => bed.events.length === 1);
    await expect.poll(() => agent.status().outbox).toBe(0);
  });

  it('counts and survives garbage, foreign versions and 10 MB', async () => {
    const agent = await bed.agent('n1', { host, actions: { 'no-op': noOp as AnyAction }, token: await bed.token() });
    await agent.registered;
    const subject = agentSubject('test', 'n1', 'cmd');
    bed.connection.publish(subject, 'garbage');
    bed.connection.publish(subject, encode({ type: 'shell.run', line: 'rm' }));
    bed.connection.publish(subject, JSON.stringify({ v: 99, id: 'x', sentAt: new Date().toISOString(), body: {} }));
    bed.connection.publish(subject, new Uint8Array(MAX_MESSAGE_BYTES));
    expect(() => bed.connection.publish(subject, new Uint8Array(10_000_000))).toThrow();
    expect(await send(stepOf('no-op'))).toMatchObject({ type: 'finished' });
    expect(agent.status().rejected).toEqual({ 'not-json': 2, invalid: 1, version: 1 });
  });

  it('leaves when it is removed, and forgets its keys', async () => {
    const stateDirectory = await bed.directory();
    const agent = await bed.agent('n1', { host, actions: {}, token: await bed.token(), stateDirectory });
    await agent.registered;
    expect(await readdir(stateDirectory)).toContain('identity.json');
    await bed.nodes.remove('n1');
    await expect(agent.finished).rejects.toMatchObject({ code: 'refused' });
    expect(await readdir(stateDirectory)).not.toContain('identity.json');
  });

  it('keeps its state for its owner only', async () => {
    const stateDirectory = await bed.directory();
    const agent = await bed.agent('n1', { host, actions: {}, token: await bed.token(), stateDirectory });
    await agent.registered;
    for (const name of await readdir(stateDirectory))
      expect((await stat(join(stateDirectory, name))).mode & 0o077, name).toBe(0);
    expect(await readFile(join(stateDirectory, 'identity.json'), 'utf8')).toMatch(/"userSeed": "SU/);
    await expect(bed.agent('n1', { host, actions: {}, stateDirectory })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('another agent'),
    });
  });
});

describe('enrolment', () => {
  const start = async (token: string | undefined, coordinator = bed.address) =>
    bed.agent('n1', { host, actions: {}, coordinator, ...(token === undefined ? {} : { token }) });

  it('is refused with an unknown, an expired and a revoked token', async () => {
    const good = await bed.token();
    const unknown = await start(good.replace(/.{4}$/, 'zzzz'));
    await expect(unknown.finished).rejects.toMatchObject({ code: 'refused' });
    const { token, view } = await bed.tokens.create({ ttlSeconds: 3600, description: '' });
    await bed.tokens.revoke(view.id);
    const revoked = await start(token);
    await expect(revoked.finished).rejects.toMatchObject({ message: expect.stringContaining('revoked') });
    const short = await bed.tokens.create({ ttlSeconds: 1, description: '' });
    await expect
      .poll(async () => (await bed.tokens.verify(short.token.slice(65), { node: 'n1', publicKey: '' })).valid, {
        timeout: 5_000,
      })
      .toBe(false);
    const expired = await start(short.token);
    await expect(expired.finished).rejects.toMatchObject({ message: expect.stringContaining('expired') });
    expect(bed.nodes.views()).toEqual([]);
  });

  it('stops before the secret is sent when the CA is not the token’s', async () => {
    const other = await createCa('test');
    const { certPem, keyPem } = await issueServerCertificate(other, ['127.0.0.1']);
    let requests = 0;
    const server = createServer({ cert: certPem, key: keyPem }, (_, response) => {
      requests++;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const agent = await start(await bed.token(), `127.0.0.1:${(server.address() as AddressInfo).port}`);
      await expect(agent.finished).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining(certificateFingerprint(other.certPem)),
      });
      expect(requests).toBe(0);
    } finally {
      server.close();
    }
  });

  it('waits as long as a busy coordinator says', async () => {
    const { certPem, keyPem } = await bed.nats.authority.serverCertificate();
    const times: number[] = [];
    const server = createServer({ cert: certPem, key: keyPem }, (_, response) => {
      times.push(performance.now());
      const busy = { code: 'refused', message: 'too many enrolment requests' };
      response.writeHead(429, { 'retry-after': '1' }).end(JSON.stringify(busy));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const agent = await start(await bed.token(), `127.0.0.1:${(server.address() as AddressInfo).port}`);
      await expect.poll(() => times.length, { timeout: 10_000 }).toBe(2);
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(990);
      await agent.stop();
    } finally {
      server.close();
    }
  });

  it('without a token waits for approval', async () => {
    const agent = await start(undefined);
    await expect.poll(() => bed.nodes.view('n1')?.status).toBe('pending');
    await bed.nodes.approve('n1', bed.nodes.view('n1')?.key ?? '');
    await agent.registered;
    expect(agent.status().registered).toBe(true);
  });

  it('is asked for again while the name is taken, and given when the operator has freed it', async () => {
    await (await start(await bed.token())).registered;
    const told: string[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => told.push(message) };
    const other = await bed.agent('n1', { host, actions: {}, token: await bed.token(), logger });
    await expect.poll(() => told).toHaveLength(1);
    expect(told[0]).toMatch(/belongs to a node with another key.*vhive-coord nodes remove n1/);
    expect(bed.nodes.applicants()).toMatchObject([{ node: 'n1', approvable: true }]);
    await bed.nodes.remove('n1');
    await other.registered;
    expect(bed.nodes.applicants()).toEqual([]);
  });

  it('is asked for again while the clock is wrong', async () => {
    const { certPem, keyPem } = await bed.nats.authority.serverCertificate();
    let requests = 0;
    const server = createServer({ cert: certPem, key: keyPem }, (_, response) => {
      requests++;
      response.writeHead(425).end(JSON.stringify({ code: 'preflight', message: 'the clock is 3600 s behind' }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const agent = await start(await bed.token(), `127.0.0.1:${(server.address() as AddressInfo).port}`);
      await expect.poll(() => requests, { timeout: 10_000 }).toBe(2);
      await agent.stop();
    } finally {
      server.close();
    }
  });

  it.each([
    ['behind', 400],
    ['ahead', -800],
  ])('blames the clock when the certificate shows that it is %s', async (which, days) => {
    const other = await createCa('test');
    const from = new Date(Date.now() + days * 86_400_000);
    const { certPem, keyPem } = await issueServerCertificate(other, ['127.0.0.1'], from);
    const server = createServer({ cert: certPem, key: keyPem }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const told: string[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => told.push(message) };
    try {
      const port = (server.address() as AddressInfo).port;
      const agent = await bed.agent('n1', { host, actions: {}, coordinator: `127.0.0.1:${port}`, logger });
      await expect.poll(() => told.at(-1)).toMatch(new RegExp(`by the clock of this host.*the clock here is ${which}`));
      await agent.stop();
    } finally {
      server.close();
    }
  });

  it('belongs to one machine: a copy of the disk ends, and says which machine it is of', async () => {
    const stateDirectory = await bed.directory();
    const first = await bed.agent('n1', { host, actions: {}, token: await bed.token(), stateDirectory });
    await first.registered;
    const copy = await bed.directory();
    await copyFile(join(stateDirectory, 'identity.json'), join(copy, 'identity.json'));
    const elsewhere = { ...host, facts: async () => ({ ...(await host.facts()), machineId: 'f'.repeat(32) }) } as Host;
    await expect(bed.agent('n1', { host: elsewhere, actions: {}, stateDirectory: copy })).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringMatching(/was made on another machine .*here f{32}/),
      hint: expect.stringContaining('the other machine needs no change'),
    });
    expect(first.status().registered).toBe(true);
  });

  it('is refused to the second of two machines with one disk and one machine id; the first stays', async () => {
    const stateDirectory = await bed.directory();
    const first = await bed.agent('n1', { host, actions: {}, token: await bed.token(), stateDirectory });
    await first.registered;
    const copy = await bed.directory();
    await copyFile(join(stateDirectory, 'identity.json'), join(copy, 'identity.json'));
    const second = await bed.agent('n1', { host, actions: {}, stateDirectory: copy });
    await expect(second.finished).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('two machines work with the key of node n1'),
    });
    expect(bed.nodes.applicants()).toMatchObject([{ node: 'n1', approvable: false }]);
    expect(bed.nodes.view('n1')?.status).toBe('reachable');
    await first.stop();
  });

  it('is not repeated after a restart, and goes on when the token is no longer good', async () => {
    const stateDirectory = await bed.directory();
    const { token, view } = await bed.tokens.create({ ttlSeconds: 3600, description: '' });
    const first = await bed.agent('n1', { host, actions: {}, token, stateDirectory });
    await first.registered;
    await first.stop();
    await bed.tokens.revoke(view.id);
    const second = await bed.agent('n1', { host, actions: {}, token, stateDirectory });
    await second.registered;
    await second.stop();
    // When the JWT has run out, the agent enrols by its key, because its token is worthless by then.
    const path = join(stateDirectory, 'identity.json');
    const identity = JSON.parse(await readFile(path, 'utf8'));
    const expired = await agentIdentity(bed.nats.authority, 'n1', -60);
    await writeFile(path, JSON.stringify({ ...identity, enrolment: { ...identity.enrolment, jwt: expired.jwt } }));
    const third = await bed.agent('n1', { host, actions: {}, token, stateDirectory });
    await third.registered;
  });

  it('goes on trying while nobody answers', async () => {
    const told: string[] = [];
    const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => told.push(message) };
    const agent = await bed.agent('n1', {
      host,
      actions: {},
      coordinator: '127.0.0.1:1',
      token: await bed.token(),
      logger,
    });
    await expect.poll(() => told).toHaveLength(1);
    expect(told[0]).toContain('127.0.0.1:1');
    await agent.stop();
    await agent.finished;
  });
});

describe('an agent killed with -9', () => {
  it('reports the step that was under way as interrupted', async () => {
    const stateDirectory = await bed.directory();
    const simulation = await bed.directory();
    const program = join(import.meta.dirname, '../../packages/agent/src/main.ts');
    const start = async () => {
      const child = spawn(
        process.execPath,
        [
          program,
          '--coordinator',
          bed.address,
          '--name',
          'n1',
          '--state-dir',
          stateDirectory,
          '--simulate',
          simulation,
        ],
        {
          env: { ...process.env, VHIVE_TOKEN: await bed.token() },
          stdio: 'ignore',
        },
      );
      return child;
    };
    // The step runs on a simulated host whose modprobe hangs, so it cannot end before the agent is killed.
    await mkdir(join(simulation, 'n1'), { recursive: true });
    await writeFile(join(simulation, 'n1/faults.json'), JSON.stringify([{ command: 'modprobe', effect: 'hang' }]));
    const first = await start();
    const step = stepOf('kernel.modules', { file: 'test.conf', modules: ['overlay_of_a_test'] });
    expect(await send(step)).toMatchObject({ type: 'accepted' });
    first.kill('SIGKILL');
    await once(first, 'exit');
    const second = await start();
    await bed.until(() => bed.events.length === 1);
    expect(bed.events[0]?.event.result).toMatchObject({ attemptId: step.attemptId, outcome: 'interrupted' });
    expect(await send(step)).toMatchObject({ type: 'finished', result: { outcome: 'interrupted' } });
    second.kill('SIGTERM');
    expect(await once(second, 'exit')).toEqual([0, null]);
  });
});
