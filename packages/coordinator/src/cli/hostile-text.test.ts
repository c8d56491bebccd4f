import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from './client/api-server.fixture.ts';
import { nodeOf, runOf, stepOf } from './render/run-view.fixture.ts';
import { cli } from './run-cli.fixture.ts';

/** What an agent, or a stranger who asks to be let in, could say of itself. Each part forges something on a terminal. */
const forged = 'x\x1b[2J\x1b]0;title\x07\r\nworker9  reachable\nReady: 9 of 9 nodes\u202e\u009b1A\u2028y';
const at = '2026-03-01T10:00:00.000Z';
const runId = 'run-20260301t100000-abc123';

let server: ApiServer;
let state: string[];

beforeEach(async () => {
  const hostile = (name: string) => {
    const node = nodeOf(name, { status: 'pending', address: forged, agentVersion: forged, rejected: { [forged]: 1 } });
    return { ...node, facts: { ...node.facts, os: { id: forged, version: forged, name: forged }, arch: forged } };
  };
  const failure = { code: 'step-failed', message: forged, hint: forged, lastLines: [forged, forged] };
  server = await startApiServer({
    nodes: () => [hostile('worker1')],
    approveNode: async () => {
      throw new VhiveError({ code: 'usage', message: forged, hint: forged });
    },
    status: () => ({
      ...{ cluster: 'test', version: '0.1.0', time: at, natsVersion: '2.10.27', rejected: { [forged]: 2 } },
      applicants: [
        {
          ...{ node: 'worker2', key: '0123456789abcdef', address: forged, hostname: forged, askedAt: at },
          ...{ approvable: true, message: forged, hint: forged },
        },
      ],
      nodes: [hostile('worker1')],
      run: runOf(['worker1'], [stepOf('system', 'worker1', { status: 'failed', failure })], {
        status: 'failed',
        nodes: [{ name: 'worker1', status: 'failed', failure }],
      }),
    }),
    tokens: async () => [
      { id: 'abc', description: forged, createdAt: at, expiresAt: at, revoked: false, node: null, uses: 0 },
    ],
    async *logs() {
      const line = { at, runId, attemptId: 'a', stream: 'stdout' as const, node: 'worker1', stepId: 's' };
      yield { ...line, phase: 'system', taskId: forged, text: forged };
    },
  });
  state = ['--state-dir', server.stateDir];
  const running = { url: server.endpoint.url, pid: process.pid, startedAt: at };
  await writeFile(join(server.stateDir, 'coordinator.json'), JSON.stringify(running));
});
afterEach(() => server.stop());

/** Holds a text to what a terminal may be sent, and to lines that are the program's own. */
function expectHarmless(text: string): void {
  expect(text).toContain('x\\x1b[2J');
  expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(text).not.toMatch(/^(worker9|Ready:)/m);
}

describe('what agents and strangers say of themselves is shown, and not obeyed', () => {
  it.each([['nodes ls'], ['nodes approve worker1:0123456789abcdef'], ['status'], ['logs'], ['token ls']])(
    '%s',
    async (words) => {
      const { stdout, stderr } = await cli([...words.split(' '), ...state]);
      expectHarmless(stdout + stderr);
    },
  );

  it.each([['nodes ls'], ['nodes approve worker1:0123456789abcdef'], ['status'], ['logs']])(
    '%s --output json',
    async (words) => {
      const run = await cli([...words.split(' '), ...state, '--output', 'json']);
      expect(run.lines().length).toBeGreaterThan(0);
      expect(run.stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(run.stdout).not.toMatch(/^(worker9|Ready:)/m);
    },
  );

  it('logs --export', async () => {
    const directory = join(server.stateDir, 'logs');
    await cli(['logs', '--export', directory, ...state]);
    const text = await readFile(join(directory, 'worker1', 'system.log'), 'utf8');
    expectHarmless(text);
    expect(text.trimEnd().split('\n')).toHaveLength(1);
  });
});

it('what a person types is shown in the same way', async () => {
  const { exitCode, stderr } = await cli(['up', '--nodes', forged]);
  expect(exitCode).toBe(2);
  expectHarmless(stderr);
});
