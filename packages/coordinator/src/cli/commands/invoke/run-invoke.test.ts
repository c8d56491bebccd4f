import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';

let directory: string;
let server: Server;
let asked: (string | undefined)[];
let status: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-invoke-'));
  asked = [];
  status = 200;
  server = createServer(({ headers }, response) => {
    asked.push(headers.host);
    response.statusCode = status;
    response.end('took 1234');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

const gateway = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
const invoke = (...words: string[]) =>
  cli(['invoke', '--protocol', 'http1', '--gateway', gateway(), '--output-dir', join(directory, 'out'), ...words]);
const result = (name: string) => readFile(join(directory, 'out', name), 'utf8');

describe('invoke', () => {
  it('calls endpoints in turn, says how it went, and leaves the files of vSwarm’s invoker and complete ones', async () => {
    const { exitCode, stdout } = await invoke('a.example', 'b.example', '--rps', '50', '--time', '1', '--profile');
    expect(exitCode).toBe(0);
    expect(asked.length).toBe(50);
    expect(asked.filter((host) => host === 'a.example').length).toBe(25);
    expect(stdout).toMatch(
      /^50 calls of 2 endpoints \(http1\), over connections that are reused: constant, 50 rps, 1 s\n/,
    );
    expect(stdout).toMatch(/50 of 50 calls sent in \S+ s: 50 ok, none failed\n/);
    expect(stdout).toMatch(/from the intended time +\d/);
    const names = await readdir(join(directory, 'out'));
    expect(names.toSorted()).toEqual([
      'calls.csv',
      'dur.csv',
      'latency-cdf.svg',
      'latency-over-time.svg',
      'results.json',
      expect.stringMatching(/^rps\d+\.\d\d_lat\.csv$/),
    ]);
    expect(await result(names.find((name) => name.startsWith('rps')) ?? '')).toMatch(/^(\d+\n){50}$/);
    expect(await result('dur.csv')).toBe('1234\n'.repeat(50));
    const [head, ...rows] = (await result('calls.csv')).trimEnd().split('\n');
    expect(head).toMatch(/^shot,endpoint,warm_up,intended_us,/);
    expect(rows.length).toBe(50);
    expect(rows[0]).toMatch(/^0,a\.example,0,0,\d+,\d+,\d+,\d+,ok,unknown,\d+,1234,,$/);
    expect(JSON.parse(await result('results.json'))).toMatchObject({
      version: 1,
      arguments: { rps: 50, time: 1, connections: 'reuse' },
      schedule: { seed: null, endpoints: ['a.example', 'b.example'] },
      totals: { planned: 50, ok: 50, askedRps: 50 },
    });
  });

  it('takes the flags of vSwarm’s invoker, and its file of endpoints', async () => {
    const file = join(directory, 'endpoints.json');
    await writeFile(file, '[\n\t{"hostname": "x.example", "eventing": false, "matchers": null}\n]');
    const { lines } = await invoke(
      '-endpointsFile',
      file,
      '-rps',
      '20',
      '-time',
      '1',
      '-latf',
      'mine.csv',
      '-o',
      'json',
    );
    expect(lines().at(-1)).toMatchObject({ type: 'result', outcome: 'ok', exitCode: 0, load: { ok: 20 } });
    expect(await readdir(join(directory, 'out'))).toContainEqual(expect.stringMatching(/^rps.*_mine\.csv$/));
  });

  it('keeps a schedule and sends it again exactly', async () => {
    const file = join(directory, 'load.jsonl');
    await invoke(
      'a.example',
      '--rps',
      '30',
      '--time',
      '1',
      '--arrivals',
      'poisson',
      '--seed',
      '3',
      '--save-schedule',
      file,
    );
    const intended = async () =>
      (await result('calls.csv')).split('\n').map((row) => row.split(',').slice(0, 4).join());
    const first = (await intended()).toSorted();
    const again = await invoke('--schedule', file);
    expect(again.stdout).toContain('poisson, 30 rps, 1 s, seed 3');
    expect((await intended()).toSorted()).toEqual(first);
  });

  it('traces each call, in its headers and in Zipkin, and says when Zipkin does not take spans', async () => {
    const ids: unknown[] = [];
    const spans: { id: string; traceId: string; kind: string; remoteEndpoint: unknown; tags: unknown }[] = [];
    server.on('request', ({ headers }) => {
      if (headers['x-b3-sampled'] === '1') ids.push([headers['x-b3-traceid'], headers['x-b3-spanid']]);
    });
    const zipkin = createServer((request, response) => {
      response.statusCode = request.url === '/api/v2/spans' ? 202 : 404;
      void json(request).then((all) => {
        if (response.statusCode === 202) spans.push(...(all as typeof spans));
        response.end();
      });
    });
    zipkin.listen(0, '127.0.0.1');
    await once(zipkin, 'listening');
    const url = `http://127.0.0.1:${(zipkin.address() as AddressInfo).port}`;
    const good = await invoke('a.example', '-rps', '10', '-time', '1', '-trace', '-zipkin', url);
    expect(good.stdout).toContain('traces: 10 spans are in Zipkin');
    expect(spans.map(({ traceId, id }) => [traceId, id]).toSorted()).toEqual(ids.toSorted());
    expect(spans.find(({ tags }) => (tags as { shot: string }).shot === '3')).toMatchObject({
      kind: 'CLIENT',
      remoteEndpoint: { serviceName: 'a.example', ipv4: '127.0.0.1' },
      tags: { outcome: 'ok' },
    });
    const bad = await invoke('a.example', '--rps', '2', '--time', '1', '--trace', '--zipkin', `${url}/nowhere`);
    expect([bad.exitCode, bad.stderr]).toEqual([0, expect.stringContaining('2 of 2 spans were not taken by ')]);
    zipkin.close();
  });

  it('ends with exit code 4 where a bound does not hold, or where every call failed, and says so', async () => {
    const bad = await invoke(
      'a.example',
      '--rps',
      '5',
      '--time',
      '1',
      '--fail-if',
      'p50>0.001ms',
      '--fail-if',
      'errors>0%',
    );
    expect(bad.exitCode).toBe(4);
    expect(bad.stderr).toMatch(/^failed: p50>0\.001ms holds: it is \S+ms$/m);
    status = 503;
    const failed = await invoke('a.example', '--rps', '5', '--time', '1', '-o', 'json', '--verbose');
    expect(failed.exitCode).toBe(4);
    expect(failed.lines().at(-1)).toMatchObject({
      ...{ outcome: 'error', code: 'step-failed', message: 'all calls failed: HTTP status 503' },
      load: { errors: 5, failures: [{ error: 'HTTP status 503', count: 5 }] },
    });
    expect(failed.stderr).toMatch(/call 0 at 0\.\d+ s, a\.example: HTTP status 503\n/);
  });

  it('sends no more calls at once than it may, and says so', async () => {
    const waiting: (() => void)[] = [];
    server.removeAllListeners('request');
    server.on('request', (_, response: { end(): void }) => waiting.push(() => response.end()));
    const words = ['a.example', '--rps', '20', '--time', '1', '--max-in-flight', '3', '--timeout', '1'];
    const { exitCode, lines } = await invoke(...words, '-o', 'json');
    expect(exitCode).toBe(4);
    const { load } = lines().at(-1) as { load: { limited: number; mostInFlight: number } };
    expect(load.mostInFlight).toBe(3);
    expect(load.limited).toBeGreaterThan(0);
  });

  it('does not begin where nobody answers: exit code 6', async () => {
    const port = (server.address() as AddressInfo).port;
    server.close();
    const { exitCode, stderr } = await cli([
      'invoke',
      'a.example',
      '--gateway',
      `127.0.0.1:${port}`,
      '--output-dir',
      directory,
    ]);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(`error: nobody answers at 127.0.0.1 port ${port} (ECONNREFUSED)`);
    expect(await readdir(directory)).toEqual([]);
  });

  it('says where a name has no address', async () => {
    const { exitCode, stderr } = await cli(['invoke', 'no-such-function.invalid', '--output-dir', directory]);
    expect(exitCode).toBe(6);
    expect(stderr).toContain('there is no address for the name no-such-function.invalid');
    expect(stderr).toContain('--gateway');
  });

  it.each([
    ['[]', 'it names no endpoint'],
    ['[{"hostname": "a",\n "eventing": tru}]', 'it is no JSON: '],
    ['[{"hostname": ""}]', '0.hostname'],
    ['{"hostname": "a"}', 'expected array'],
    [
      '[{"hostname": "a", "eventing": true, "matchers": {}}]',
      'a is an eventing workflow, which cannot be measured yet',
    ],
  ])('refuses %s as endpoints: exit code 2', async (text, message) => {
    const file = join(directory, 'endpoints.json');
    await writeFile(file, text);
    const { exitCode, stderr } = await invoke('--endpoints', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${file}: `);
    expect(stderr).toContain(message);
    expect(asked).toEqual([]);
  });

  it.each([
    [['--rps', '0'], 'Must be a number from'],
    [['--fail-if', 'p98>1'], 'is no bound of a load'],
    [['--time', '5x'], 'Must be a duration'],
    [['--latf', '../lat.csv'], 'Must be the name of a file'],
    [['--schedule', '/nowhere/x', '--rps', '5'], '--schedule says already what is sent'],
    [['--endpoints', '/nowhere/x', 'host'], '--endpoints names a file of them'],
    [['--endpoints', '/nowhere/x'], 'the endpoints cannot be read'],
    [['--schedule', '/nowhere/x'], '--schedule: ENOENT'],
    [['host', '--output-dir', '/nowhere/x/y'], '--output-dir /nowhere/x/y: cannot be made'],
    [['host', '--output-dir', '/dev/null'], '--output-dir /dev/null: cannot be made'],
  ])('refuses %j: exit code 2', async (words, message) => {
    const { exitCode, stderr } = await invoke(...words);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
