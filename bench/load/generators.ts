import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadTotals, loadTotals } from '@vhive/shared';
import { execa } from 'execa';
import { coordinator } from './programs.ts';

/** How often the kernel's clock of processor time ticks, per second. */
const TICKS = 100;

/** A load that generators are to make. */
export interface Wanted {
  port: number;
  rps: number;
  seconds: number;
  /** The processor that the generator may use. */
  cpu: number;
}

/** What a generator says of its load. Latencies are from when calls were sent, milliseconds. */
export interface Measured {
  reachedRps: number;
  failed: number;
  p50: number;
  p99: number;
  max: number;
  /** Processor time per second of load. */
  cpu: number;
  /**
   * For each call, how much longer it took than the server says by its own clock, milliseconds; with what had to be waited
   * for a late sending. Undefined where the generator does not tell single calls with their replies.
   */
  errors?: { fromSent: number[]; fromIntended: number[] };
}

/** Makes a load. */
export type Generator = (wanted: Wanted) => Promise<Measured>;

/** Loads with `vhive-coord invoke`. */
export const ours: Generator = async ({ port, rps, seconds, cpu }) => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-bench-'));
  try {
    const words = [
      'invoke',
      'bench.example',
      '--gateway',
      `127.0.0.1:${port}`,
      '--rps',
      `${rps}`,
      '--time',
      `${seconds}`,
    ];
    const options = ['--warm-up', '2', '--profile', '--output-dir', directory, '--output', 'json'];
    const begun = childTimes();
    const { stdout } = await execa('taskset', ['-c', `${cpu}`, process.execPath, coordinator, ...words, ...options], {
      reject: false,
      stderr: 'ignore',
    });
    const cpuSeconds = childTimes() - begun;
    const totals = loadTotals.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').load) satisfies LoadTotals;
    const { p50, p99, max } = totals.fromSent;
    const failed = totals.errors + totals.timeouts;
    const errors = errorsIn(await readFile(join(directory, 'calls.csv'), 'utf8'));
    return { reachedRps: totals.reachedRps, failed, p50, p99, max, cpu: cpuSeconds / (seconds + 2), errors };
  } finally {
    await rm(directory, { recursive: true });
  }
};

const PROTO = `syntax = "proto3";
package helloworld;
service Greeter { rpc SayHello (HelloRequest) returns (HelloReply) {} }
message HelloRequest { string name = 1; }
message HelloReply { string message = 1; }
`;

/** Loads with ghz, which sends without waiting for answers (--async) and tells latencies from sending. */
export function ghz(program: string): Generator {
  return async ({ port, rps, seconds, cpu }) => {
    const directory = await mkdtemp(join(tmpdir(), 'vhive-bench-'));
    try {
      const proto = join(directory, 'hello.proto');
      await writeFile(proto, PROTO);
      const what = ['--insecure', '--proto', proto, '--call', 'helloworld.Greeter.SayHello', '-d', '{"name":"faas"}'];
      const how = ['--async', '--rps', `${rps}`, '-n', `${rps * seconds}`, '-c', '200', '-O', 'json'];
      const begun = childTimes();
      const { stdout } = await execa('taskset', ['-c', `${cpu}`, program, ...what, ...how, `127.0.0.1:${port}`], {
        maxBuffer: 1_000_000_000,
      });
      const cpuSeconds = childTimes() - begun;
      return readGhz(stdout, cpuSeconds / seconds);
    } finally {
      await rm(directory, { recursive: true });
    }
  };
}

interface GhzReport {
  rps: number;
  slowest: number;
  latencyDistribution: { percentage: number; latency: number }[] | null;
  statusCodeDistribution: Record<string, number>;
}

function readGhz(text: string, cpu: number): Measured {
  const { rps, slowest, latencyDistribution, statusCodeDistribution } = JSON.parse(text) as GhzReport;
  const at = (percent: number) =>
    (latencyDistribution?.find(({ percentage }) => percentage === percent)?.latency ?? Number.NaN) / 1e6;
  const failed = Object.entries(statusCodeDistribution).reduce(
    (sum, [code, count]) => sum + (code === 'OK' ? 0 : count),
    0,
  );
  return { reachedRps: rps, failed, p50: at(50), p99: at(99), max: slowest / 1e6, cpu };
}

function errorsIn(table: string): NonNullable<Measured['errors']> {
  const [head = '', ...rows] = table.trimEnd().split('\n');
  const columns = head.split(',');
  const cells = rows.map((row) => Object.fromEntries(row.split(',').map((cell, index) => [columns[index], cell])));
  const counted = cells.filter(({ warm_up, outcome }) => warm_up === '0' && outcome === 'ok');
  const error = (column: string) => counted.map((cell) => (Number(cell[column]) - Number(cell.function_us)) / 1000);
  return { fromSent: error('latency_from_sent_us'), fromIntended: error('latency_from_intended_us') };
}

/** The processor time of all children that have ended, seconds. */
function childTimes(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) / TICKS;
}
