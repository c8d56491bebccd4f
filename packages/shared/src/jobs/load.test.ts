import { expect, it } from 'vitest';
import type { LoadSending } from '../load/sending.ts';
import { type LoadJob, loadJob } from './load.ts';

const job: LoadJob = {
  kind: 'load',
  nodes: ['node2', 'node3'],
  ...{ endpoints: ['f.example.org'], port: 80, protocol: 'greeter', connections: 'reuse', path: '/', timeoutMs: 1_000 },
  sending: { from: 'rate', arrivals: 'constant', rps: 10, timeMs: 1_000, warmUpMs: 0, seed: 0 },
};
const shots = (characters: number): LoadSending => ({
  ...{ from: 'shots', shots: 'a'.repeat(characters), count: 1, durationMs: 1, warmUpMs: 0 },
});
const nodes = (count: number) => Array.from({ length: count }, (_, n) => `n${n}`);

it.each([
  [job],
  [{ ...job, gateway: 'gateway.example.org', mostInFlight: 5 }],
  [{ ...job, nodes: nodes(32), sending: shots(256 * 1024) }],
])('takes a load', (one) => expect(loadJob.parse(one)).toEqual(one));

it.each([
  [{ ...job, nodes: [] }, 'nodes'],
  [{ ...job, nodes: ['n', 'n'] }, 'a node is named twice'],
  [{ ...job, nodes: nodes(101) }, 'nodes'],
  [{ ...job, endpoints: [] }, 'endpoints'],
  [{ ...job, path: 'x' }, 'path'],
  [{ ...job, sending: shots(256 * 1024 + 4) }, 'shots'],
  [{ ...job, nodes: nodes(33), sending: shots(256 * 1024) }, 'the shots are too many for so many nodes'],
])('refuses a wrong one', (one, text) => expect(loadJob.safeParse(one).error?.message).toContain(text));
