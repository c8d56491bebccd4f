import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApplicantView, type LogLine, parseJoinToken, VhiveError } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTokens } from '../assembly/tokens.ts';
import { type ApiServer, startApiServer } from './client/api-server.fixture.ts';
import type { CliHooks } from './hooks.ts';
import { nodeOf, readyRun } from './render/run-view.fixture.ts';
import { cli } from './run-cli.fixture.ts';

const at = '2026-03-01T10:00:00.000Z';
const logAt = (node: string, phase: string, text: string): LogLine => {
  const base = { at, runId: 'run-20260301t100000-abc123', attemptId: 'a', taskId: 'files', stream: 'stdout' as const };
  return { ...base, node, phase, stepId: `${phase}/${node}`, text };
};

const key = '0123456789abcdef';
const applicant: ApplicantView = {
  ...{ node: 'worker2', key: 'fedcba9876543210', address: '10.0.0.9', hostname: 'w2', askedAt: at, approvable: true },
  ...{ message: 'the name belongs to a node with another key', hint: 'free the name' },
};

let server: ApiServer;
let state: string[];
const asked: unknown[] = [];

beforeEach(async () => {
  asked.length = 0;
  server = await startApiServer({
    nodes: () => [nodeOf('master', { local: true }), nodeOf('worker1', { status: 'pending', lastSeen: null })],
    approveNode: async ({ name }) => {
      if (name !== 'worker1')
        throw new VhiveError({ code: 'usage', message: `there is no node ${name}`, hint: 'vhive-coord nodes ls' });
      return nodeOf(name);
    },
    status: () => ({
      ...{ cluster: 'test', version: '0.1.0', time: at, natsVersion: '2.10.27', rejected: { oversize: 2 } },
      nodes: [nodeOf('master', { local: true }), nodeOf('worker1', { status: 'pending', lastSeen: null })],
      applicants: [applicant],
      run: readyRun(['master']),
    }),
    createToken: async (request) => {
      asked.push(request);
      const view = {
        id: 'abc',
        description: request.description,
        createdAt: at,
        expiresAt: at,
        revoked: false,
        node: null,
        uses: 0,
      };
      return { token: 'a.b.c', view };
    },
    async *stream(_input, { signal }) {
      yield { type: 'nodes', time: at, nodes: [nodeOf('master', { local: true })] };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    async *logs(filter) {
      asked.push(filter);
      yield logAt('master', 'system', 'one');
      yield logAt('@coordinator', 'artifacts', 'two');
      yield logAt('master', 'system', 'three');
    },
  });
  state = ['--state-dir', server.stateDir];
  const running = { url: server.endpoint.url, pid: process.pid, startedAt: at };
  await writeFile(join(server.stateDir, 'coordinator.json'), JSON.stringify(running));
});
afterEach(() => server.stop());

describe('commands with a running coordinator', () => {
  it('nodes ls: a table', async () => {
    const { exitCode, stdout } = await cli(['nodes', 'ls', ...state]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^NODE .*\nmaster +reachable .*this host.*\nworker1 +pending +- +- +10\.0\.0\.1 +never /);
    expect(stdout).toMatch(new RegExp(`  vhive-coord nodes approve worker1:${key} --state-dir \\S+\n`));
    expect(stdout).toContain('refused: the host at 10.0.0.9 (w2) asks for the name worker2: the name belongs to');
    expect(stdout).toContain('vhive-coord nodes approve worker2:fedcba9876543210');
  });

  it('nodes ls --output json: the last line is the result', async () => {
    const lines = (await cli(['nodes', 'ls', ...state, '--output', 'json'])).lines();
    expect(lines.map(({ type }) => type)).toEqual(['nodes', 'result']);
    expect(lines.at(-1)).toMatchObject({ outcome: 'ok', exitCode: 0 });
  });

  it('nodes approve: what is refused ends with exit code 2, what, and a hint', async () => {
    const { exitCode, stdout, stderr } = await cli(['nodes', 'approve', `worker1:${key}`, `worker9:${key}`, ...state]);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('approved worker1 (10.0.0.1)\n');
    expect(stderr).toBe('error: there is no node worker9\nhint: vhive-coord nodes ls\n');
  });

  it.each(['worker1', 'worker1:', 'worker1:nonsense', `../x:${key}`, `worker1:${key}:${key}`])(
    'nodes approve %s: no host is named by its key, which is said before anybody is asked',
    async (word) => {
      const { exitCode, stdout, stderr } = await cli(['nodes', 'approve', word, '--state-dir', '/nowhere']);
      expect([exitCode, stdout]).toEqual([2, '']);
      expect(stderr).toContain('hint: vhive-coord nodes ls shows the whole command');
    },
  );

  it('a command for another cluster is refused before it does anything', async () => {
    const { exitCode, stderr } = await cli(['token', 'create', '--cluster', 'other', ...state]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is that of cluster "test", but "other" is asked for');
    expect((await cli(['nodes', 'ls', '--cluster', 'other', ...state])).exitCode).toBe(2);
    expect(asked).toEqual([]);
  });

  it('the same in JSON', async () => {
    const { lines } = await cli(['nodes', 'approve', `worker9:${key}`, ...state, '-o', 'json']);
    expect(lines()).toEqual([
      expect.objectContaining({
        type: 'result',
        outcome: 'error',
        exitCode: 2,
        code: 'usage',
        message: 'there is no node worker9',
        hint: 'vhive-coord nodes ls',
      }),
    ]);
  });

  it('token create prints the token alone', async () => {
    const { stdout, stderr } = await cli(['token', 'create', '--ttl', '2h', '--description', 'rack 7', ...state]);
    expect({ stdout, stderr }).toEqual({ stdout: 'a.b.c\n', stderr: '' });
    expect(asked).toEqual([{ ttlSeconds: 7200, description: 'rack 7' }]);
  });

  it('status: cluster, dropped messages, nodes, run', async () => {
    const { stdout } = await cli(['status', ...state]);
    expect(stdout).toContain('cluster test: 1 of 2 nodes reachable; vhive-coord 0.1.0, nats-server 2.10.27');
    expect(stdout).toContain('messages dropped: 2 oversize');
    expect(stdout).toMatch(
      /Newest run: begun 2026-03-01T10:00:00Z, ended .* ago as follows\n\nReady: 1 of 1 nodes in 1 min 35 s/,
    );
  });

  it('status --output json: nothing for people, not even on standard error', async () => {
    const { stderr, lines } = await cli(['status', '--output', 'json', ...state]);
    expect(stderr).toBe('');
    expect(lines().map(({ type }) => type)).toEqual(['status', 'result']);
  });

  it('logs: of the newest run, filtered', async () => {
    const { stdout } = await cli(['logs', '--node', 'master', ...state]);
    expect(asked).toEqual([{ run: 'run-20260301t100000-abc123', node: 'master' }]);
    expect(stdout.split('\n')[1]).toBe('2026-03-01T10:00:00.000Z coordinator artifacts/files two');
  });

  it('logs --export: a file per node and phase, readable by nobody else, nothing half done', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'vhive-logs-'));
    expect((await cli(['logs', '--export', directory, ...state])).exitCode).toBe(0);
    expect((await readdir(directory)).sort()).toEqual(['@coordinator', 'master']);
    expect(await readdir(join(directory, 'master'))).toEqual(['system.log']);
    const file = join(directory, 'master', 'system.log');
    expect(await readFile(file, 'utf8')).toBe(`${at} files one\n${at} files three\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await rm(directory, { recursive: true });
  });
});

describe('names that there are not, and what is left of the lines', () => {
  it.each([
    ['logs --node worker9', 'there is no node worker9', 'did you mean worker1'],
    ['logs --phase rumtime', 'there is no phase rumtime', 'did you mean runtime?'],
    ['retry --node mastre', 'there is no node mastre', 'did you mean master?'],
  ])('%s: exit code 2', async (words, message, hint) => {
    const { exitCode, stderr } = await cli([...words.split(' '), ...state]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  it.each([
    ['logs --node *'],
    ['nodes approve ../../x'],
    ['nodes remove A'],
    ['token revoke ../x'],
    ['logs --run typo'],
    ['runs show typo'],
    ['runs cancel typo'],
    ['token create --ttl 400d'],
    ['status --cluster a.b'],
    ['status --nats http://x'],
    ['serve --trust-network 10.0.0.0'],
    ['serve --state-dir='],
    ['up --nodes 2 --timeout 9999d'],
  ])('%s is refused before any coordinator is asked', async (words) => {
    await server.stop();
    const { exitCode, stderr } = await cli([...words.split(' '), ...state]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/is invalid|is not a node and its key/);
  });

  it('logs --node coordinator: the lines of the coordinator itself', async () => {
    await cli(['logs', '--node', 'coordinator', ...state]);
    expect(asked).toContainEqual(expect.objectContaining({ node: '@coordinator' }));
  });

  it('logs --tail and --since', async () => {
    const texts = async (...words: string[]) =>
      (await cli(['logs', ...words, ...state])).stdout.split('\n').flatMap((line) => line.split(' ').at(-1) || []);
    expect(await texts('--tail', '2')).toEqual(['two', 'three']);
    expect(await texts('--tail', '0')).toEqual([]);
    expect(await texts('--tail', '99')).toEqual(['one', 'two', 'three']);
    expect(await texts('--since', '2026-03-01T10:00:00Z')).toEqual(['one', 'two', 'three']);
    expect(await texts('--since', '2026-03-01T10:00:01Z')).toEqual([]);
    expect(await texts('--errors')).toEqual([]);
  });
});

describe('commands without a coordinator', () => {
  let empty: string;
  beforeEach(async () => {
    empty = await mkdtemp(join(tmpdir(), 'vhive-state-'));
  });
  afterEach(() => rm(empty, { recursive: true, force: true }));

  it('say where none has ever run, exit code 6', async () => {
    const { exitCode, stderr } = await cli(['status', '--state-dir', empty]);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`${empty} holds the state of none`);
  });

  it('start one over existing state, and stop it', async () => {
    await rm(join(server.stateDir, 'coordinator.json'));
    const calls: string[] = [];
    const hooks: Partial<CliHooks> = {
      async startCoordinator(options) {
        calls.push(`start ${options.stateDir}`);
        return { url: server.endpoint.url, cluster: 'test', stop: async () => void calls.push('stop') };
      },
    };
    expect((await cli(['nodes', 'ls', ...state], hooks)).exitCode).toBe(0);
    expect(calls).toEqual([`start ${server.stateDir}`, 'stop']);
  });

  it.each([['ls'], ['revoke', 'abc']])('token %s: nothing is made where there is nothing', async (...words) => {
    const { exitCode, stderr } = await cli(['token', ...words, '--state-dir', empty], { openTokens });
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`${empty} holds the state of no coordinator`);
    expect(await readdir(empty)).toEqual([]);
  });

  it.each(['--state-dir', '--cache-dir'])('an empty %s is not the working directory', async (flag) => {
    const { exitCode, stderr } = await cli(['token', 'create', flag, ''], { openTokens });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`option '${flag} <dir>' argument '' is invalid`)]);
    const blank = await cli(['token', 'create', flag, ' '], { openTokens });
    expect([blank.exitCode, blank.stderr]).toEqual([2, expect.stringContaining(`error: ${flag} is empty`)]);
  });

  it('token: no longer life than the API gives', async () => {
    const { exitCode, stderr } = await cli(['token', 'create', '--ttl', '400d', '--state-dir', empty], { openTokens });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Must be at most 365d')]);
  });

  it('token: create, list and revoke work on the files', async () => {
    const { stdout } = await cli(['token', 'create', '--state-dir', empty], { openTokens });
    const { id } = parseJoinToken(stdout.trim());
    expect((await cli(['token', 'revoke', id, '--state-dir', empty], { openTokens })).exitCode).toBe(0);
    const lines = (await cli(['token', 'ls', '--state-dir', empty, '--output', 'json'], { openTokens })).lines();
    expect(lines[0]).toMatchObject({ type: 'tokens', tokens: [{ id, revoked: true }] });
  });
});

describe('the command line', () => {
  it.each([
    [['up', '--nodes', '0'], "argument '0' is invalid"],
    [['up', '--timeout', '30'], 'Must be a duration with units'],
    [['up', '--frobnicate'], "unknown option '--frobnicate'"],
    [['logs', '--follow', '--export', 'x'], '--follow and --export exclude each other'],
  ])('%j ends with exit code 2', async (words, message) => {
    const { exitCode, stderr } = await cli(words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`error: `);
    expect(stderr).toContain(message);
    expect(stderr).toContain('hint: ');
  });

  it('gives scripts a result line even then', async () => {
    const { lines } = await cli(['up', '--nodes', 'x', '--output=json']);
    expect(lines()).toMatchObject([{ type: 'result', outcome: 'error', exitCode: 2, code: 'usage' }]);
  });

  it('takes values from the environment', async () => {
    const { stdout } = await cli(['nodes', 'ls'], {}, {});
    expect(stdout).toBe('');
    expect((await cli(['nodes', 'ls'], {}, { VHIVE_STATE_DIR: server.stateDir })).exitCode).toBe(0);
  });

  it('shows help with exit code 0', async () => {
    const { exitCode, stdout } = await cli(['token', 'create', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--ttl <duration>');
  });
});
