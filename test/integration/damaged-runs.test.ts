import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EventStore } from '@vhive/coordinator/nats/event-store';
import { ensureStreams } from '@vhive/coordinator/nats/streams';
import { Runner } from '@vhive/coordinator/runs/runner';
import { type RunEvent, runSubject, streamNames } from '@vhive/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestNatsServer } from '../support/nats-server.ts';
import { recordingLog } from '../support/silent-log.ts';

let server: TestNatsServer;
beforeEach(async () => {
  server = await TestNatsServer.start();
});
afterEach(() => server.stop());

const at = '2026-01-01T00:00:00.000Z';
const older = 'run-20260101t000000000-aaaaaa';
const newer = 'run-20260102t000000000-bbbbbb';
const runOf = (runId: string): RunEvent[] => [
  {
    ...{ type: 'run.created', at, runId, mode: 'apply', inputHash: 'hash', giveUpAfterMs: 60_000 },
    plan: { phases: [], controlPlane: 'n1', nodes: ['n1'], steps: [] },
  },
  { type: 'run.finished', at, outcome: 'ready' },
];

/** Flips one bit of the file in which the server keeps the runs, at a place in the newest run. */
async function flip(where: 'header' | 'body' | 'end'): Promise<void> {
  const file = join(server.directory, 'jetstream/$G/streams', streamNames('c').runs, 'msgs/1.blk');
  const bytes = await readFile(file);
  const subject = bytes.indexOf(runSubject('c', newer));
  const body = bytes.lastIndexOf('"events"');
  const place = { header: bytes.indexOf('Vhive-', subject), body, end: bytes.length - 1 }[where];
  expect(place).toBeGreaterThan(0);
  bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
  await writeFile(file, bytes);
}

it.each(['header', 'body', 'end'] as const)(
  'a bit that flipped in the %s of the newest run keeps nobody from a new run',
  async (where) => {
    const first = await server.connect();
    await ensureStreams(first, 'c');
    const { log } = recordingLog();
    const before = new EventStore(first, 'c', { log });
    for (const runId of [older, newer]) await before.append(runId, runOf(runId));
    await first.close();
    await server.kill();
    await flip(where);
    await server.start();
    const nc = await server.connect();

    const events = new EventStore(nc, 'c', { log });
    const runner = new Runner(events, {
      log,
      sendCommand: () => Promise.reject(new Error('nothing is sent')),
      runLocally: () => Promise.reject(new Error('nothing is done')),
      onBroken: () => undefined,
    });
    await ensureStreams(nc, 'c');
    await runner.load({ resume: true });
    // How much the server itself gives up for one bit is its own affair, and differs between versions.
    await runner.views();
    const order = { mode: 'apply' as const, inputHash: 'other', giveUpAfterMs: 60_000, unreachable: [] };
    const plan = { phases: [], controlPlane: 'n1', nodes: ['n1'], steps: [] };
    const started = await runner.start({ ...order, plan });
    expect((await runner.views()).map(({ runId }) => runId)).toContain(started.runId);
    runner.halt();
  },
);
