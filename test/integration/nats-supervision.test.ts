import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { isAlive } from '@vhive/base/is-alive';
import { connectNats } from '@vhive/coordinator/nats/connect-nats';
import { findNatsServer } from '@vhive/coordinator/nats/server/nats-binary';
import { startNatsServer } from '@vhive/coordinator/nats/server/nats-server';
import { ensureStreams } from '@vhive/coordinator/nats/streams';
import { untilAnswered } from '@vhive/coordinator/nats/until-answered';
import { agentSubject } from '@vhive/shared';
import { execa } from 'execa';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { natsBinary } from '../support/nats-binary.ts';
import { agentIdentity, type SecuredNats, startSecuredNats } from '../support/secured-nats.ts';

let nats: SecuredNats;

beforeEach(async () => {
  nats = await startSecuredNats();
});
afterEach(() => nats?.stop());

/** Resolves at the next change of a connection that is of this kind. */
async function status(connection: NatsConnection, type: string): Promise<void> {
  for await (const change of connection.status()) if (change.type === type) return;
}

it('starts a killed server again on the same store and port; clients come back', async () => {
  const coordinator = await nats.coordinator();
  await (await jetstreamManager(coordinator)).streams.add({ name: 'KEEP', subjects: ['keep.>'] });
  await jetstream(coordinator).publish('keep.1', 'precious');
  const first = nats.server.pid();
  const back = status(coordinator, 'reconnect');
  process.kill(first, 'SIGKILL');
  await back;
  expect(nats.server.pid()).not.toBe(first);
  const message = await (await jetstreamManager(coordinator)).streams.getMessage('KEEP', { seq: 1 });
  expect(message?.string()).toBe('precious');
});

it('cuts a revoked agent off at once, and keeps it out over restarts of the server', async () => {
  const identity = await agentIdentity(nats.authority, 'w1');
  const agent = await nats.agent('w1', identity);
  const other = await nats.agent('w2');
  await agent.flush();
  const started = performance.now();
  const cut = status(agent, 'disconnect');
  await nats.server.revoke(identity.publicKey);
  await cut;
  expect(performance.now() - started).toBeLessThan(5000);
  await agent.closed();
  await expect(nats.agent('w1', identity)).rejects.toThrow(/authorization violation/i);
  await other.flush();
  expect(other.isClosed()).toBe(false);

  const coordinator = await nats.coordinator();
  const back = status(coordinator, 'reconnect');
  process.kill(nats.server.pid(), 'SIGKILL');
  await back;
  await expect(nats.agent('w1', identity)).rejects.toThrow(/authorization violation/i);

  await nats.restart();
  await expect(nats.agent('w1', identity)).rejects.toThrow(/authorization violation/i);
  await (await nats.agent('w3')).flush();
});

it.each([0, 20, 40, 60, 100])('a server killed %i ms after a connection was begun is waited for', async (ms) => {
  const { url } = nats.server;
  const { authenticator } = await nats.authority.coordinatorUser();
  const { caPem } = nats.authority;
  const killed = sleep(ms).then(() => process.kill(nats.server.pid(), 'SIGKILL'));
  const connection = await connectNats({ url, authenticator, caPem, log: nats.log });
  await untilAnswered(connection, () => ensureStreams(connection, 'test'), { what: 'the streams', log: nats.log });
  await killed;
  await connection.close();
});

/** Returns the names in the certificate that the server shows now. */
async function certificateNames(): Promise<string> {
  const plain = connectTcp(nats.server.port, '127.0.0.1');
  await once(plain, 'data'); // the server's greeting; TLS begins after it
  const secured = connectTls({ socket: plain, ca: nats.authority.caPem, servername: 'localhost' });
  await once(secured, 'secureConnect');
  const names = secured.getPeerCertificate().subjectaltname ?? '';
  secured.destroy();
  return names;
}

it('reads a new certificate and keeps revocations, however long after its start', async () => {
  await (await nats.coordinator()).flush();
  const identity = await agentIdentity(nats.authority, 'w1');
  await nats.server.revoke(identity.publicKey);
  await expect(nats.agent('w1', identity)).rejects.toThrow(/authorization violation/i);
  // A JWT that is issued in another second is another JWT.
  await sleep(1_010 - (Date.now() % 1_000));
  await nats.server.renewCertificate(['10.1.2.3', 'coordinator.example']);
  await expect.poll(certificateNames, { timeout: 10_000 }).toContain('coordinator.example');
  await expect(nats.agent('w1', identity)).rejects.toThrow(/authorization violation/i);
  await (await nats.agent('w2')).flush();
});

it('ends the server that a coordinator killed before the kernel could help has left behind', async () => {
  await nats.server.stop();
  const config = join(nats.stateDir, 'nats-server.conf');
  const orphan = spawn(await natsBinary(), ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(orphan, 'exit');
  let said = '';
  await new Promise<void>((resolve) => {
    orphan.stderr.on('data', (chunk) => {
      said += chunk;
      if (said.includes('Server is ready')) resolve();
    });
  });
  await nats.restart();
  await ended;
  expect(isAlive(orphan.pid ?? 0)).toBe(false);
  await (await nats.agent('w1')).flush();
});

it.each(['kill -KILL $$', 'exit 0', `echo '[1] [INF] Initiating Shutdown...' >&2; exit 1`])(
  'a server that somebody ends before it is ready is started again: %s',
  async (end) => {
    await nats.server.stop();
    const path = join(nats.stateDir, 'nats-server-at-first');
    const first = join(nats.stateDir, 'was-started');
    const real = await natsBinary();
    await writeFile(path, `#!/bin/sh\n[ "$1" = --config ] && mkdir ${first} 2>&- && { ${end}; }\nexec ${real} "$@"\n`);
    await chmod(path, 0o755);
    const said: string[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(JSON.parse(line).msg) });
    const binary = await findNatsServer({ cacheDir: nats.stateDir, log, path });
    const { authority, stateDir } = nats;
    const server = await startNatsServer({ binary, authority, stateDir, log, names: [], host: '127.0.0.1', port: 0 });
    await server.stop();
    expect(said).toEqual([expect.stringMatching(/did not start: .*; starting it again$/)]);
  },
);

it('a server that cannot start is not tried again', async () => {
  await nats.server.stop();
  const path = join(nats.stateDir, 'nats-server-without-reason');
  const starts = join(nats.stateDir, 'starts');
  const real = await natsBinary();
  await writeFile(path, `#!/bin/sh\n[ "$1" = --config ] && { echo x >>${starts}; exit 1; }\nexec ${real} "$@"\n`);
  await chmod(path, 0o755);
  const { authority, stateDir, log } = nats;
  const binary = await findNatsServer({ cacheDir: stateDir, log, path });
  const start = startNatsServer({ binary, authority, stateDir, log, names: [], host: '127.0.0.1', port: 0 });
  await expect(start).rejects.toThrow('did not start: exit code 1');
  expect(await readFile(starts, 'utf8')).toBe('x\n');
});

it('dies with a coordinator that is killed with SIGKILL', async () => {
  await nats.server.stop();
  const script = `
    import { pino } from 'pino';
    import { openAuthority } from '@vhive/coordinator/trust/authority';
    import { findNatsServer } from '@vhive/coordinator/nats/server/nats-binary';
    import { startNatsServer } from '@vhive/coordinator/nats/server/nats-server';
    const [stateDir, path] = process.argv.slice(-2);
    const log = pino({ level: 'silent' });
    const authority = await openAuthority({ stateDir, cluster: 'test' });
    const binary = await findNatsServer({ cacheDir: stateDir, log, path });
    const server = await startNatsServer({ binary, authority, stateDir, log, names: [], host: '127.0.0.1', port: 0 });
    console.log(server.pid());`;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', script, '--', nats.stateDir, await natsBinary()],
    { cwd: join(import.meta.dirname, '..'), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const pid = Number(String((await once(child.stdout, 'data'))[0]));
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  // The lock was released too: a new coordinator can start on the same state directory.
  await nats.restart();
  const agent = await nats.agent('w1');
  agent.publish(agentSubject('test', 'w1', 'hb'), 'x');
  await agent.flush();
});

// Of a small message that it cannot write, nats-server 2.9 says nothing, and stores nothing more in that stream.
it.each([100_000, 300])(
  'a full disk, messages of %i bytes: said once, goes on when there is room',
  async (bytes) => {
    await nats.server.stop();
    const store = join(nats.stateDir, 'jetstream');
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=24m,mode=0700', 'vhive-test', store]);
    const said: string[] = [];
    const binary = await findNatsServer({ cacheDir: nats.stateDir, log: nats.log, path: await natsBinary() });
    const log = pino({ level: 'warn' }, { write: (line: string) => void said.push(JSON.parse(line).msg) });
    const server = await startNatsServer({
      ...{ binary, authority: nats.authority, stateDir: nats.stateDir, log, names: [], host: '127.0.0.1', port: 0 },
    });
    try {
      const { authenticator } = await nats.authority.coordinatorUser();
      const coordinator = await connect({
        ...{ servers: server.url, tls: { ca: nats.authority.caPem }, authenticator, reconnectTimeWait: 50 },
      });
      await (await jetstreamManager(coordinator)).streams.add({ name: 'KEEP', subjects: ['keep.>'] });
      await writeFile(join(store, 'ballast'), Buffer.alloc(24 * 2 ** 20)).catch(() => undefined);
      const publish = () => jetstream(coordinator).publish('keep.1', new Uint8Array(bytes), { timeout: 500 });
      await expect.poll(() => publish().catch(String), { timeout: 10_000 }).toEqual(expect.any(String));
      await expect.poll(() => said, { timeout: 10_000 }).toContainEqual(expect.stringContaining(`${store} has`));
      await rm(join(store, 'ballast'));
      await expect
        .poll(() => publish().then(({ stream }) => stream, String), { timeout: 20_000, interval: 200 })
        .toBe('KEEP');
      expect(said.filter((line) => line.includes('is full'))).toHaveLength(1);
      await coordinator.close();
    } finally {
      await server.stop();
      await execa('umount', ['--lazy', store]);
    }
  },
  60_000,
);
