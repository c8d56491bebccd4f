import { Random } from './random.ts';

/** Whom a fault meets: a process of the trial, or everything in the foreground, as Ctrl-C at a terminal does. */
export type Target = 'command' | 'nats-server' | 'sim-1' | 'sim-2' | 'sim-3' | 'foreground' | 'everything';

/** What is done to the target. */
export type Deed =
  | { kind: 'signal'; signal: 'SIGKILL' | 'SIGINT' | 'SIGTERM' | 'SIGHUP'; target: Target }
  | { kind: 'stop'; target: Target; forMs: number }
  | { kind: 'fill-disk'; forMs: number }
  | { kind: 'second-up' };

/**
 * When it is done: so many milliseconds after the command was started, or after it told of the first step of a phase. The
 * latter keeps a schedule meaningful on a slow machine.
 */
export interface Moment {
  after: 'start' | (typeof PHASES)[number];
  ms: number;
}

/** One fault. */
export interface Fault {
  moment: Moment;
  deed: Deed;
}

/** One `up` with faults. The next one follows `pauseMs` after its end. */
export interface Round {
  faults: Fault[];
  pauseMs: number;
}

/** Everything that a seed decides. */
export interface Schedule {
  seed: number;
  /** The options that choose the variant of the cluster. */
  variant: readonly string[];
  /** The event store is on a small disk of its own. */
  smallDisk: boolean;
  rounds: Round[];
}

/** Phases at which something is likely to be under way that a kill could hurt. */
const PHASES = ['preflight', 'artifacts', 'runtime', 'control-plane', 'join', 'serving'] as const;

const VARIANTS = [
  ['--sandbox', 'firecracker'],
  ['--sandbox', 'gvisor'],
  ['--sandbox', 'stock-only'],
  ['--sandbox', 'stock-only', '--stargz'],
] as const;

/** Makes the schedule of a seed. It depends on nothing else. */
export function scheduleOf(seed: number, { disk }: { disk: boolean }): Schedule {
  const random = new Random(seed);
  const variant = random.pick(VARIANTS);
  // The choice is made in any case, so that a seed means the same faults with and without a disk.
  const smallDisk = random.next() < 0.2 && disk;
  const rounds = Array.from({ length: random.between(1, 3) }, () => roundOf(random, smallDisk));
  return { seed, variant, smallDisk, rounds };
}

function roundOf(random: Random, smallDisk: boolean): Round {
  const faults = Array.from({ length: random.between(1, 3) }, () => ({
    moment: momentOf(random),
    deed: deedOf(random, smallDisk),
  }));
  return { faults, pauseMs: random.pick([0, 0, 0, 200, 1_500]) };
}

function momentOf(random: Random): Moment {
  const after = random.pick(['start', 'start', ...PHASES]);
  return { after, ms: after === 'start' ? random.between(300, 6_000) : random.between(0, 800) };
}

function deedOf(random: Random, smallDisk: boolean): Deed {
  const target = random.pick(['command', 'command', 'nats-server', 'nats-server', 'sim-1', 'sim-2', 'sim-3']);
  const forMs = random.pick([300, 2_000, 8_000, 17_000]);
  const kind = random.next();
  const wide = random.pick(['foreground', 'everything']);
  const polite = random.pick(['SIGINT', 'SIGTERM', 'SIGHUP']);
  if (smallDisk && kind < 0.4) return { kind: 'fill-disk', forMs };
  if (kind < 0.45) return { kind: 'signal', signal: 'SIGKILL', target };
  if (kind < 0.6) return { kind: 'stop', target, forMs };
  if (kind < 0.8) return { kind: 'signal', signal: polite, target };
  if (kind < 0.9)
    return wide === 'foreground'
      ? { kind: 'signal', signal: 'SIGINT', target: wide }
      : { kind: 'signal', signal: 'SIGKILL', target: wide };
  return { kind: 'second-up' };
}

/** The schedule as one line per fault. */
export function describeSchedule({ seed, variant, smallDisk, rounds }: Schedule): string {
  const lines = rounds.flatMap(({ faults, pauseMs }, index) => [
    `  up ${index + 1}:`,
    ...faults.map(({ moment, deed }) => `    ${moment.ms} ms after ${moment.after}: ${describeDeed(deed)}`),
    ...(pauseMs > 0 ? [`    then a pause of ${pauseMs} ms`] : []),
  ]);
  return [`seed ${seed}: ${variant.join(' ')}${smallDisk ? ', event store on a small disk' : ''}`, ...lines].join('\n');
}

function describeDeed(deed: Deed): string {
  if (deed.kind === 'signal') return `${deed.signal} to ${deed.target}`;
  if (deed.kind === 'stop') return `${deed.target} stopped for ${deed.forMs} ms`;
  return deed.kind === 'fill-disk' ? `the disk full for ${deed.forMs} ms` : 'a second up beside it';
}
