import { parseArgs } from 'node:util';
import { machine } from '../fleet/machine.ts';
import { type Generator, ghz, type Measured, ours } from './generators.ts';
import { type ServerFigures, startServer } from './measured-server.ts';
import { ghzProgram, serverProgram } from './programs.ts';
import { type Highest, highestRate } from './sustainable.ts';

// The program of `npm run bench:load`. It measures the load generator against a server that knows how long its calls take,
// beside ghz where that is to be had. See docs/benchmarks.md.

const { values } = parseArgs({
  options: {
    rps: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '20' },
    delay: { type: 'string', default: '10' },
    only: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const cpus = [0, 1] as const;

const before = machine();
const server = await serverProgram();
const compiled = await ghzProgram();
const generators: [string, Generator][] = [
  ['vhive-coord invoke', ours],
  ...(compiled ? [['ghz', ghz(compiled)] as [string, Generator]] : []),
];

if (values.only !== 'highest')
  for (const [name, generator] of generators) {
    process.stderr.write(`${name}, ${values.rps} rps against a server that takes ${values.delay} ms ...\n`);
    const running = await startServer(server, Number(values.delay), cpus[1]);
    const measured = await generator({ port: running.port, rps: Number(values.rps), seconds, cpu: cpus[0] });
    tellAccuracy(name, measured, await running.end());
  }
if (values.only !== 'accuracy')
  for (const [name, generator] of generators) {
    process.stderr.write(`${name}, the highest rate ...\n`);
    tellHighest(name, await highestRate(generator, { server, seconds: Math.min(seconds, 8), cpus, from: 1000 }));
  }
tell({ type: 'bench-load', before, after: machine() });

function tellAccuracy(generator: string, { errors, ...measured }: Measured, said: ServerFigures): void {
  const error = errors && { fromSent: spread(errors.fromSent), fromIntended: spread(errors.fromIntended) };
  tell({ type: 'accuracy', generator, rps: Number(values.rps), ...measured, server: said, error });
}

function tellHighest(generator: string, { rps, measured }: Highest): void {
  tell({ type: 'highest', generator, rps, ...measured, errors: undefined });
}

function spread(errors: readonly number[]) {
  const sorted = errors.toSorted((one, other) => one - other);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(3));
  const within = errors.filter((error) => Math.abs(error) < 1).length / errors.length;
  return {
    count: errors.length,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
    withinOneMs: Number(within.toFixed(4)),
  };
}

function tell(figures: object): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
