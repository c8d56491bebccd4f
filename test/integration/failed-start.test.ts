import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { natsBinary } from '../support/nats-binary.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// Starts that fail: each ends by itself, with an exit code, what is wrong, and what to do. A start that hangs after its
// error makes its test run into the time limit.
let cluster: SimulatedCluster;
beforeAll(async () => {
  cluster = await SimulatedCluster.create();
});
beforeEach(() => rm(cluster.stateDir, { recursive: true, force: true }));
afterAll(() => cluster.stop());

/** Does something while another program listens on this port. */
async function whileTaken<T>(port: number, work: () => Promise<T>): Promise<T> {
  const server = await new Promise<Server>((resolve) => {
    const listening: Server = createServer().listen(port, '0.0.0.0', () => resolve(listening));
  });
  try {
    return await work();
  } finally {
    server.close();
  }
}

/** Runs a shell command with the cluster's own directories and ports. */
async function shell(command: string): Promise<{ exitCode: number; stderr: string }> {
  const bin = join(import.meta.dirname, '../../bin');
  const env = {
    ...{ PATH: `${join(await natsBinary(), '..')}:${process.env.PATH}`, HOME: process.env.HOME },
    ...{ VHIVE_STATE_DIR: cluster.stateDir, VHIVE_CACHE_DIR: cluster.cacheDir, BIN: bin },
    ...{ VHIVE_HTTPS_PORT: String(cluster.httpsPort), VHIVE_NATS_PORT: String(cluster.natsPort) },
  };
  return await new Promise((resolve) => {
    const child = execFile('sh', ['-c', command], { env }, (_error, _stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, stderr }),
    );
  });
}

it.each(['serve', 'up --simulate 1'])('%s: the port of the HTTPS server is taken', async (words) => {
  const program = await whileTaken(cluster.httpsPort, () => cluster.run(words.split(' ')));
  expect(await program.ended).toBe(2);
  expect(program.stderr).toContain(
    `port ${cluster.httpsPort}, on which agents and operators are to be answered, is taken`,
  );
  expect(program.stderr).toContain('--https-port');
});

it.each(['serve', 'up --simulate 1'])('%s: the port of nats-server is taken', async (words) => {
  const program = await whileTaken(cluster.natsPort, () => cluster.run(words.split(' ')));
  expect(await program.ended).not.toBe(0);
  expect(program.stderr).toContain('--nats-port');
});

it.each(['revocations.json', 'authority.json', 'join-tokens.json'])('%s is damaged', async (name) => {
  await cluster.token();
  await writeFile(join(cluster.stateDir, name), '{"half":');
  // Each file is read by these commands.
  const commands = { 'revocations.json': ['serve'], 'join-tokens.json': ['token ls'] }[name] ?? ['serve', 'token ls'];
  for (const command of commands) {
    const program = await cluster.run(command.split(' '));
    expect(await program.ended).toBe(1);
    expect(program.stderr).toContain(`${name} is damaged`);
    expect(program.stderr).toMatch(/hint: restore it from a backup/);
  }
});

it('the state directory holds something else, or can be none', async () => {
  await mkdir(cluster.stateDir);
  await writeFile(join(cluster.stateDir, 'holiday.jpg'), '');
  for (const directory of [cluster.stateDir, '/proc/nothing', '']) {
    const program = await cluster.run(['serve', '--state-dir', directory]);
    expect(await program.ended).toBe(2);
    expect(program.stderr).toContain('--state-dir');
  }
});

it.each(['', '/proc/nothing'])('an agent with the state directory %j', async (directory) => {
  const { exitCode, stderr } = await shell(
    `exec "$BIN/vhive-agent" run --coordinator 127.0.0.1 --state-dir '${directory}'`,
  );
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('state-dir')]);
});

it('the state is that of another cluster; without a name, a command takes the one that is there', async () => {
  await cluster.token('--cluster', 'one');
  const other = await cluster.run(['serve', '--cluster', 'other']);
  expect(await other.ended).toBe(2);
  expect(other.stderr).toContain('holds the state of cluster "one", but "other" is asked for');
  const served = await cluster.serve();
  expect(served.stdout).toContain('coordinator of cluster one');
  const asked = await cluster.run(['nodes', 'ls', '--cluster', 'other']);
  expect([await asked.ended, asked.stderr]).toEqual([2, expect.stringContaining('is that of cluster "one"')]);
  expect(await served.stop()).toBe(0);
});

it('the disk is full', async () => {
  await mkdir(cluster.stateDir);
  // A file system of the test's own, in a mount namespace of its own.
  const { exitCode, stderr } = await shell(
    'exec unshare --map-root-user --mount sh -c \'mount -t tmpfs -o size=1m none "$VHIVE_STATE_DIR" && head -c 1000000 /dev/zero > "$VHIVE_STATE_DIR/.vhive-$$-00.tmp"; exec "$BIN/vhive-coord" serve\'',
  );
  expect(stderr).toMatch(
    /error: the disk of the state directory .* is full: 0\.\d MB are free[\s\S]*hint: make room there/,
  );
  expect(exitCode).toBe(3);
});

it.each(['vhive-coord --help', 'vhive-coord token create', 'vhive-coord token ls', 'vhive-agent --help'])(
  '%s: standard output cannot be written',
  async (command) => {
    await cluster.token();
    const { exitCode, stderr } = await shell(`exec "$BIN"/${command} > /dev/full`);
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining('standard output cannot be written: ENOSPC')]);
  },
);

it('SIGUSR1 opens no inspector', async () => {
  const served = await cluster.serve();
  process.kill(served.pid, 'SIGUSR1');
  expect(await (await cluster.run(['nodes', 'ls'])).ended).toBe(0);
  expect(served.stderr).not.toContain('Debugger');
  expect(await served.stop()).toBe(0);
});
