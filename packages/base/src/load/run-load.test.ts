import { status } from '@grpc/grpc-js';
import type { LoadProgress, Shot } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import type { Target } from './caller.ts';
import { grpcServer, h2cServer, http1Server, type LoadServer } from './load-servers.fixture.ts';
import { type LoadOrder, runLoad } from './run-load.ts';
import type { Sample } from './sample.ts';

const shotsAt = (...times: number[]): Shot[] => times.map((atMs) => ({ atMs, endpoint: 0 }));
const evenly = (count: number, everyMs: number) => shotsAt(...Array.from({ length: count }, (_, n) => n * everyMs));

async function load(server: Pick<LoadServer, 'port'>, order: Partial<LoadOrder>, names = ['hello.example.org']) {
  const samples: Sample[] = [];
  const endpoints = names.map((name): Target => ({ name, address: '127.0.0.1', port: server.port }));
  const totals = await runLoad({
    ...{ endpoints, protocol: 'greeter', connections: 'reuse', timeoutMs: 30_000, shots: shotsAt(0) },
    ...order,
    onSample: (sample) => {
      samples.push(sample);
      order.onSample?.(sample);
    },
  });
  return { totals, samples };
}

describe('a load', () => {
  it('sends every shot of the schedule once, to its endpoint, and never before its time', async () => {
    const asked: string[] = [];
    await using server = await grpcServer({
      greet(call, answer) {
        asked.push(`${call.getHost()} ${call.request}`);
        answer(null, 'Hello');
      },
    });
    const shots = evenly(200, 0.7).map((shot, index) => ({ ...shot, endpoint: index % 3 }));
    const { totals, samples } = await load(server, { shots }, ['a.example', 'b.example', 'c.example']);
    expect(asked.toSorted()).toEqual(
      shots.map(({ endpoint }) => `${['a', 'b', 'c'][endpoint]}.example faas`).toSorted(),
    );
    const inOrder = samples.toSorted((one, other) => one.index - other.index);
    expect(inOrder.map(({ atMs, endpoint }) => ({ atMs, endpoint }))).toEqual(shots);
    for (const { intendedMs, atMs, sentMs, endMs } of samples) {
      expect(intendedMs).toBe(atMs);
      expect(sentMs).toBeGreaterThanOrEqual(atMs);
      expect(endMs).toBeGreaterThan(sentMs);
    }
    expect(inOrder.map(({ sentMs }) => sentMs)).toEqual(inOrder.map(({ sentMs }) => sentMs).toSorted((a, b) => a - b));
    expect(totals).toMatchObject({ planned: 200, sent: 200, ok: 200, errors: 0, timeouts: 0, failures: [] });
    expect(totals.fromIntended.count).toBe(200);
    expect(totals.fromIntended.max).toBe(Math.max(...samples.map(({ endMs, intendedMs }) => endMs - intendedMs)));
    expect(totals.latestMs).toBe(Math.max(...samples.map(({ sentMs, intendedMs }) => sentMs - intendedMs)));
  });

  it('waits for no answer before it sends the next', async () => {
    const waiting: (() => void)[] = [];
    await using server = await grpcServer({
      greet(_, answer) {
        waiting.push(() => answer(null, 'late'));
        // Nobody is answered before all have asked.
        if (waiting.length === 150) for (const one of waiting) one();
      },
    });
    const { totals } = await load(server, { shots: evenly(150, 0.1) });
    // More than one connection carries that many, so that none of them waits for a place.
    expect(totals).toMatchObject({ ok: 150, mostInFlight: 150, connections: 2 });
  });

  it('sends shots that are late all the same, and counts the rate that it reached', async () => {
    await using server = await grpcServer({});
    function* late(): Generator<Shot> {
      for (let n = 0; n < 100; n++) {
        const until = performance.now() + 2;
        while (performance.now() < until);
        yield { atMs: n * 0.1, endpoint: 0 };
      }
    }
    const { totals } = await load(server, { shots: late(), durationMs: 10 });
    expect(totals).toMatchObject({ planned: 100, sent: 100, ok: 100, askedRps: 10_000 });
    expect(totals.latestMs).toBeGreaterThan(100);
    expect(totals.reachedRps).toBeLessThan(1_000);
    expect(totals.fromIntended.p50).toBeGreaterThan(totals.fromSent.p50);
  });

  it('tells its progress', async () => {
    await using server = await grpcServer({});
    const told: LoadProgress[] = [];
    const controller = new AbortController();
    const onProgress = (progress: LoadProgress) => {
      told.push(progress);
      controller.abort();
    };
    await load(server, { shots: evenly(100_000, 10), onProgress, signal: controller.signal });
    expect(told[0]).toMatchObject({ warmingUp: false, failed: 0 });
    expect(told[0]?.ok).toBeGreaterThan(0);
    expect(told[0]?.askedRps).toBeGreaterThan(0);
  });

  it('leaves the warm-up out of all figures', async () => {
    await using server = await grpcServer({});
    const { totals, samples } = await load(server, { shots: evenly(30, 1), warmUpMs: 10, durationMs: 30 });
    expect(totals).toMatchObject({ planned: 20, sent: 20, ok: 20, warmUp: 10, askedRps: 1_000 });
    expect(totals.fromSent.count).toBe(20);
    expect(samples.filter(({ warmUp }) => warmUp).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('calls that do not end well', () => {
  it('are given up after their time, and the server is told', async () => {
    const cancelled = Promise.withResolvers<void>();
    await using server = await grpcServer({ greet: (call) => void call.on('cancelled', () => cancelled.resolve()) });
    const { totals, samples } = await load(server, { timeoutMs: 50 });
    expect(totals).toMatchObject({ sent: 1, ok: 0, errors: 0, timeouts: 1 });
    expect(samples[0]).toMatchObject({ outcome: 'timeout' });
    expect((samples[0]?.endMs ?? 0) - (samples[0]?.sentMs ?? 0)).toBeGreaterThanOrEqual(49);
    await cancelled.promise;
  });

  it('are named by what gRPC says of them', async () => {
    const codes = [status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.UNAVAILABLE];
    await using server = await grpcServer({
      greet: (_, answer) => answer({ code: codes.pop() ?? status.OK, details: 'kein Gerät, 100%' }),
    });
    const { totals } = await load(server, { shots: evenly(3, 1) });
    expect(totals).toMatchObject({ ok: 0, errors: 2, timeouts: 1 });
    expect(totals.failures).toEqual([
      { error: 'UNAVAILABLE: kein Gerät, 100%', count: 2 },
      { error: 'DEADLINE_EXCEEDED: kein Gerät, 100%', count: 1 },
    ]);
  });

  it('are named where the answer is none of gRPC', async () => {
    await using server = await h2cServer((_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' });
      response.end('<p>no route</p>');
    });
    const { totals } = await load(server, {});
    expect(totals.failures).toEqual([
      { error: 'the answer is not gRPC: HTTP status 404, content type text/html', count: 1 },
    ]);
  });

  it.each(['greeter', 'h2c', 'http1'] as const)(
    'fail one by one where nobody listens any more: %s',
    async (protocol) => {
      const server = await http1Server(() => undefined);
      await server[Symbol.asyncDispose]();
      const { totals } = await load(server, { protocol, shots: evenly(3, 1) });
      expect(totals).toMatchObject({ sent: 3, ok: 0, errors: 3 });
      expect(totals.failures[0]?.error).toContain('ECONNREFUSED');
    },
  );

  it.each(['h2c', 'http1'] as const)(
    'fail where the connection breaks, and later ones get a new one: %s',
    async (protocol) => {
      let asked = 0;
      const isFirst = () => asked++ === 0;
      await using server =
        protocol === 'http1'
          ? await http1Server((request, response) => (isFirst() ? request.socket.destroy() : response.end('fine')))
          : await h2cServer((request, response) =>
              isFirst() ? request.stream.session?.destroy() : response.end('fine'),
            );
      const controller = new AbortController();
      const { samples } = await load(server, {
        protocol,
        shots: evenly(10_000, 20),
        signal: controller.signal,
        onSample: ({ outcome }) => outcome === 'ok' && controller.abort(),
      });
      expect(samples.some(({ outcome }) => outcome === 'error')).toBe(true);
      expect(samples.some(({ outcome }) => outcome === 'ok')).toBe(true);
      expect(server.connections).toBeGreaterThan(1);
    },
  );

  it('are not sent where too many are in flight, and count as failed', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await using server = await grpcServer({ greet: (_, answer) => void released.then(() => answer(null, 'late')) });
    const { totals, samples } = await load(server, {
      shots: evenly(5, 1),
      mostInFlight: 2,
      onSample: ({ index }) => {
        if (index === 4) release();
      },
    });
    expect(totals).toMatchObject({ planned: 5, sent: 2, ok: 2, errors: 3, limited: 3, mostInFlight: 2 });
    expect(samples[0]).toMatchObject({ index: 2, outcome: 'error' });
    expect(samples[0]?.error).toContain('2 calls were in flight');
  });
});

describe('the end of a load', () => {
  it('waits for what is in flight', async () => {
    await using server = await grpcServer({ greet: (_, answer) => void setImmediate(() => answer(null, 'at last')) });
    expect((await load(server, {})).samples[0]).toMatchObject({ outcome: 'ok', reply: 'at last' });
  });

  it('comes at an interruption: what was sent is kept, what is in flight has a moment left', async () => {
    const controller = new AbortController();
    await using server = await grpcServer({
      greet(call, answer) {
        controller.abort(new Error('Ctrl-C'));
        if (call.getHost() === 'good.example') setImmediate(() => answer(null, 'fine'));
      },
    });
    const shots = [
      { atMs: 0, endpoint: 0 },
      { atMs: 0, endpoint: 1 },
      { atMs: 3_600_000, endpoint: 0 },
    ];
    const { totals } = await load(server, { shots, signal: controller.signal }, ['good.example', 'silent.example']);
    expect(totals).toMatchObject({ interrupted: true, planned: 2, sent: 2, ok: 1, errors: 1 });
    expect(totals.failures).toEqual([{ error: 'not waited for: the load was interrupted', count: 1 }]);
  });

  it('comes at once when it was interrupted before it began, and for a schedule without shots', async () => {
    await using server = await grpcServer({});
    expect((await load(server, { signal: AbortSignal.abort() })).totals).toMatchObject({
      planned: 0,
      interrupted: true,
    });
    expect((await load(server, { shots: [], durationMs: 1_000 })).totals).toMatchObject({ planned: 0, sent: 0, ok: 0 });
  });

  it('rejects for a shot of an endpoint that there is not, and for what the schedule throws', async () => {
    await using server = await grpcServer({});
    await expect(load(server, { shots: [{ atMs: 0, endpoint: 5 }] })).rejects.toThrow('a shot is for endpoint 5');
    function* broken(): Generator<Shot> {
      yield { atMs: 0, endpoint: 0 };
      throw new Error('the trace has a hole');
    }
    await expect(load(server, { shots: broken() })).rejects.toThrow('the trace has a hole');
  });
});

describe('protocols', () => {
  it('executor: asks for the work of the shot, and knows how long the function says it took', async () => {
    await using server = await grpcServer({
      work: ({ request }, answer) =>
        answer(null, {
          text: `${request.memoryMb} MB`,
          micros: request.runtimeMs * 1000,
          memoryKb: request.memoryMb * 1024,
        }),
    });
    const shots: Shot[] = [{ atMs: 0, endpoint: 0, work: { runtimeMs: 70, memoryMb: 128 } }];
    const { samples } = await load(server, { protocol: 'executor', shots });
    expect(samples[0]).toMatchObject({ outcome: 'ok', reply: '128 MB', functionMs: 70, functionMemoryKb: 131_072 });
  });

  it.each(['http1', 'h2c'] as const)('%s: asks for the path under the name of the endpoint', async (protocol) => {
    const asked: unknown[] = [];
    const note = (url: unknown, name: unknown, response: { end(text: string): unknown }) => {
      asked.push([url, name]);
      response.end('fine');
    };
    await using server =
      protocol === 'http1'
        ? await http1Server((request, response) => note(request.url, request.headers.host, response))
        : await h2cServer((request, response) => note(request.url, request.authority, response));
    const { samples } = await load(server, { protocol, path: '/x?y=1' });
    expect(asked).toEqual([['/x?y=1', 'hello.example.org']]);
    expect(samples[0]).toMatchObject({ outcome: 'ok', reply: 'fine' });
  });

  it.each(['http1', 'h2c'] as const)('%s: an answer that is no success has failed', async (protocol) => {
    const refuse = (_: unknown, response: { statusCode: number; end(text: string): unknown }) => {
      response.statusCode = 503;
      response.end('no');
    };
    await using server = protocol === 'http1' ? await http1Server(refuse) : await h2cServer(refuse);
    expect((await load(server, { protocol })).totals.failures).toEqual([{ error: 'HTTP status 503', count: 1 }]);
  });

  it.each(['http1', 'h2c'] as const)('%s: a new connection for each call where that is asked for', async (protocol) => {
    const fine = (_: unknown, response: { end(text: string): unknown }) => void response.end('fine');
    await using server = protocol === 'http1' ? await http1Server(fine) : await h2cServer(fine);
    const each = await load(server, { protocol, connections: 'per-request', shots: evenly(5, 1) });
    expect([each.totals.connections, server.connections]).toEqual([5, 5]);
    for (const { connectMs, sentMs, endMs } of each.samples) {
      expect(connectMs).toBeGreaterThan(0);
      expect(connectMs).toBeLessThan(endMs - sentMs);
    }
  });

  it('greeter: one connection, made before the first call, carries one call after the other', async () => {
    await using server = await grpcServer({});
    const { totals, samples } = await load(server, { shots: evenly(20, 1) });
    expect(totals).toMatchObject({ ok: 20, connections: 1 });
    expect(samples.filter(({ connectMs }) => connectMs !== undefined)).toEqual([]);
  });
});
