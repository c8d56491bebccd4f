import { parseArgs } from 'node:util';
import type { FleetOrder, JournalKind } from './messages.ts';

/** What to measure. */
export interface BenchOptions {
  fleets: FleetOrder[];
}

/** Reads `--agents 100,1000 --steps 12 --journal memory,disk --runs 4 --quick`. */
export function benchOptions(argv: string[]): BenchOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      agents: { type: 'string' },
      steps: { type: 'string', default: '12' },
      journal: { type: 'string', default: 'memory,disk' },
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const sizes = (values.agents ?? (values.quick ? '100' : '100,1000')).split(',').map(positive);
  const journals = values.journal.split(',').map(journalKind);
  const runs = positive(values.runs ?? (values.quick ? '2' : '4'));
  const steps = positive(values.steps);
  const fleets = sizes.flatMap((agents) =>
    journals.map((journal) => ({ agents, steps, rounds: steps, runs, journal })),
  );
  return { fleets };
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`"${text}" is not a number of agents, steps or runs`);
}

function journalKind(text: string): JournalKind {
  if (text === 'memory' || text === 'disk') return text;
  throw new Error(`--journal ${text}: memory or disk`);
}
