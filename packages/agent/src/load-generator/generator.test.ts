import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grpcServer, type LoadServer } from '@vhive/base/load/load-servers.fixture';
import { packShots } from '@vhive/base/load/packed-shots';
import { readSamples } from '@vhive/base/load/sample-file';
import { makeSchedule } from '@vhive/core/load/make-schedule';
import type { LoadSending } from '@vhive/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { GeneratorOrder } from '../host/generator-order.ts';
import { generate } from './generator.ts';

let directory: string;
let server: LoadServer;
let asked: string[];
const { signal } = new AbortController();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-generator-'));
  asked = [];
  server = await grpcServer({
    greet(call, answer) {
      asked.push(call.getHost());
      answer(null, 'Hello');
    },
  });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const endpoints = ['a.example', 'b.example', 'c.example'];
const rate: LoadSending = { from: 'rate', arrivals: 'poisson', rps: 200, timeMs: 300, warmUpMs: 100, seed: 5 };
const results = (generator: number) => join(directory, `${generator}.gz`);
const orderOf = (generator: number, generators: number, changes: Partial<GeneratorOrder> = {}): GeneratorOrder => ({
  calls: { protocol: 'greeter', connections: 'reuse', path: '/', timeoutMs: 5_000 },
  targets: endpoints.map((name) => ({ name, address: '127.0.0.1', port: server.port })),
  sending: rate,
  share: { generator, generators },
  startAt: Date.now() + 300,
  results: results(generator),
  ...changes,
});
const whole = () => [...makeSchedule({ ...rate, endpoints }).shots];

it('several generators send one schedule together, from one moment on, and number calls as in it', async () => {
  const startAt = Date.now() + 500;
  const totals = await Promise.all([0, 1, 2].map((n) => generate(orderOf(n, 3, { startAt }), () => undefined, signal)));
  const shots = whole();
  expect(asked.toSorted()).toEqual(shots.map(({ endpoint }) => endpoints[endpoint]).toSorted());
  const files = await Promise.all([0, 1, 2].map((n) => Array.fromAsync(readSamples(results(n), 'a file'))));
  const samples = files.flat().toSorted((one, other) => one.index - other.index);
  expect(samples.map(({ atMs, endpoint, index }) => ({ atMs, endpoint, index }))).toEqual(
    shots.map((shot, index) => ({ ...shot, index })),
  );
  expect(samples.every(({ sentMs, atMs, outcome }) => sentMs >= atMs && outcome === 'ok')).toBe(true);
  expect(samples.filter(({ warmUp }) => warmUp)).toEqual(samples.filter(({ atMs }) => atMs < 100));
  expect(totals.reduce((sum, { ok, warmUp }) => sum + ok + warmUp, 0)).toBe(shots.length);
  // It lasts as long as the load, and not only until the last shot of the share.
  expect(totals.map(({ seconds }) => seconds >= 0.3)).toEqual([true, true, true]);
});

it('shots that are given are sent as they are', async () => {
  const shots = [...whole()].map((shot, index) => ({ ...shot, work: { runtimeMs: index, memoryMb: 1 } }));
  const sending: LoadSending = { from: 'shots', ...packShots(shots), durationMs: 400, warmUpMs: 100 };
  await generate(orderOf(1, 2, { sending }), () => undefined, signal);
  const samples = await Array.fromAsync(readSamples(results(1), 'a file'));
  const sent = samples.toSorted((one, other) => one.index - other.index);
  expect(sent.map(({ index, atMs, work }) => ({ index, atMs, work }))).toEqual(
    shots.flatMap(({ atMs, work }, index) => (index % 2 === 1 ? [{ index, atMs, work }] : [])),
  );
});

it('begins at its moment, and not at all when that has passed', async () => {
  const startAt = Date.now() + 400;
  let first = 0;
  asked.push = () => {
    first ||= Date.now();
    return 1;
  };
  const constant: LoadSending = { ...rate, arrivals: 'constant', warmUpMs: 0 };
  await generate(orderOf(0, 1, { startAt, sending: constant }), () => undefined, signal);
  expect(first).toBeGreaterThanOrEqual(startAt - 1);
  first = 0;
  await expect(generate(orderOf(0, 1, { startAt: Date.now() - 50 }), () => undefined, signal)).rejects.toThrow(
    /the load was to begin \d+ ms ago, and nothing was sent/,
  );
  expect(first).toBe(0);
});

it('is broken off where its results cannot be written', async () => {
  const file = join(directory, 'nowhere', 'file');
  const long: LoadSending = { ...rate, timeMs: 60_000 };
  await expect(generate(orderOf(0, 1, { results: file, sending: long }), () => undefined, signal)).rejects.toThrow(
    `the results cannot be written to ${file}: ENOENT`,
  );
});
