import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { grpcServer } from '@vhive/base/load/load-servers.fixture';
import { readSamples } from '@vhive/base/load/sample-file';
import { agentActions, type LoadProgress, type Params } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { loadPrepare } from './load-prepare.ts';
import { loadSend } from './load-send.ts';

/** The generator is a process, which takes a moment to start on a busy machine. */
const LEAD_MS = 4_000;

const toSend = (port: number, changes: object = {}): Params<'load.send'> =>
  agentActions['load.send'].params.parse({
    ...{ endpoints: ['a.example', 'b.example'], gateway: '127.0.0.1', port, protocol: 'greeter' },
    ...{ connections: 'reuse', path: '/', timeoutMs: 5_000, share: { generator: 1, generators: 2 } },
    sending: { from: 'rate', arrivals: 'constant', rps: 40, timeMs: 1_500, warmUpMs: 0, seed: 0 },
    ...{ startAtMs: Date.now() + LEAD_MS, results: '/var/lib/vhive-load/1.jsonl.gz' },
    ...changes,
  });
const failure = (message: string | RegExp) => ({
  failure: { message: expect.stringMatching(message), permanent: true },
});

describe('load.send', () => {
  it('sends its share at the moment by the coordinator’s clock, tells how it goes, and keeps what became of each call', async () => {
    const asked: number[] = [];
    await using server = await grpcServer({
      greet(_, answer) {
        asked.push(Date.now());
        answer(null, 'Hello');
      },
    });
    const told: [string, LoadProgress | undefined][] = [];
    await using context = await testContext({
      clockOffsetMs: () => 60_000,
      progress: (detail, load) => void told.push([detail, load]),
    });
    // This node's clock is a minute ahead of the coordinator's.
    const params = toSend(server.port, { startAtMs: Date.now() - 60_000 + LEAD_MS });
    const before = await loadSend.check(params, context);
    expect(before).toEqual({ converged: false, changes: ['share 2 of 2 is sent to 2 endpoints'] });
    const outputs = await loadSend.apply(params, context);
    expect(agentActions['load.send'].outputs.parse(outputs)).toMatchObject({
      totals: { planned: 30, ok: 30, interrupted: false },
      ...{ startedAtMs: params.startAtMs, clockOffsetMs: 60_000, clockOffsetAfterMs: 60_000 },
    });
    expect(await loadSend.check(params, context, outputs)).toEqual({ converged: true, outputs });
    const start = params.startAtMs + 60_000;
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(start + 25 - 1);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]?.[0]).toMatch(/^\d s: \d+(\.\d)? of \d+(\.\d)? rps, \d+ in flight$/);
    expect(told[0]?.[1]).toMatchObject({ failed: 0, sent: expect.any(Number) });
    const samples = await Array.fromAsync(readSamples(context.host.localPath(params.results), 'the file'));
    expect(samples.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, n) => 2 * n + 1),
    );
  });

  it('is not sent when its moment has passed, as after a restart of the agent, which waits for a comparison of clocks', async () => {
    await using context = await testContext();
    await expect(loadSend.apply(toSend(1, { startAtMs: Date.now() - 500 }), context)).rejects.toMatchObject(
      failure(/^the load was to begin \d+ ms ago, and nothing was sent$/),
    );
    let looks = 0;
    await using early = await testContext({ clockOffsetMs: () => (looks++ < 3 ? null : 60_000) });
    await expect(loadSend.apply(toSend(1, { startAtMs: Date.now() - 61_000 }), early)).rejects.toMatchObject(
      failure(/^the load was to begin \d+ ms ago/),
    );
    await using never = await testContext({ clockOffsetMs: () => null });
    await expect(loadSend.apply(toSend(1), never)).rejects.toMatchObject(failure(/clock was not compared/));
  });

  it('ends with its step: the process is killed, and leaves no file', async () => {
    const first = Promise.withResolvers<void>();
    await using server = await grpcServer({
      greet(_, answer) {
        first.resolve();
        answer(null, 'Hello');
      },
    });
    const cancel = new AbortController();
    await using context = await testContext({ signal: cancel.signal });
    const sending = { ...toSend(server.port).sending, timeMs: 600_000 };
    const over = loadSend.apply(toSend(server.port, { sending }), context);
    await first.promise;
    cancel.abort(new Error('cancelled'));
    await expect(over).rejects.toThrow('cancelled');
    expect(await readdir(join(context.root, 'var/lib/vhive-load'))).toEqual([]);
  });
});

describe('load.prepare', () => {
  const toPrepare = (port: number, changes: object = {}) =>
    agentActions['load.prepare'].params.parse({
      ...{ endpoints: ['a.example'], gateway: '127.0.0.1', port, results: '/var/lib/vhive-load', bytes: 1_000 },
      ...changes,
    });

  it('finds that a load can be sent, and removes what an earlier one left', async () => {
    await using server = await grpcServer({});
    await using context = await testContext();
    const results = join(context.root, 'var/lib/vhive-load');
    await mkdir(results, { recursive: true });
    await writeFile(join(results, '123.jsonl.gz'), '');
    const params = toPrepare(server.port);
    expect(await loadPrepare.check(params, context)).toMatchObject({
      changes: ['/var/lib/vhive-load/123.jsonl.gz: is removed'],
    });
    const outputs = await loadPrepare.apply(params, context);
    expect(outputs).toEqual({ warnings: [], mostInFlight: expect.any(Number), startMs: expect.any(Number) });
    expect(outputs?.startMs).toBeGreaterThan(0);
    expect(await readdir(results)).toEqual([]);
    expect(await loadPrepare.check(params, context, outputs)).toEqual({ converged: true, outputs });
  });

  it('says where the gateway does not answer from this node', async () => {
    const server = await grpcServer({});
    await server[Symbol.asyncDispose]();
    await using context = await testContext();
    await expect(loadPrepare.apply(toPrepare(server.port), context)).rejects.toMatchObject({
      ...{ code: 'unreachable', message: `nobody answers at 127.0.0.1 port ${server.port} (ECONNREFUSED)` },
    });
  });

  it('says where there is no room, and where too few files can be open', async () => {
    await using server = await grpcServer({});
    const space = async () => ({ totalBytes: 1e9, freeBytes: 300e6 });
    await using context = await testContext({ host: () => ({ space }) });
    await expect(loadPrepare.apply(toPrepare(server.port, { bytes: 1e9 }), context)).rejects.toMatchObject(
      failure(/^\/var\/lib\/vhive-load: 300 MB are free, but the results of the load may take 1000 MB/),
    );
    await expect(loadPrepare.apply(toPrepare(server.port, { mostInFlight: 1_000_000 }), context)).rejects.toMatchObject(
      failure(/^only \d+ calls can be in flight from this node/),
    );
  });
});
