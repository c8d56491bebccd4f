import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AgentOrder, FleetOrder, JournalKind } from './messages.ts';

/** What the benchmark should measure. */
export interface BenchOptions {
  fleets: FleetOrder[];
  agents: AgentOrder[];
}

/** Reads `--agents 100,1000 --steps 12 --journal memory,disk --runs 4 --only fleet|agent --quick`. */
export function benchOptions(argv: string[]): BenchOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      agents: { type: 'string' },
      steps: { type: 'string', default: '12' },
      journal: { type: 'string', default: 'memory,disk' },
      runs: { type: 'string' },
      only: { type: 'string' },
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
  return {
    fleets: values.only === 'agent' ? [] : fleets,
    agents: values.only === 'fleet' ? [] : agentOrders(values.quick),
  };
}

/** Returns the orders to measure the release, as it is installed on hosts, and the program of the clone. */
function agentOrders(quick: boolean): AgentOrder[] {
  const root = join(import.meta.dirname, '../..');
  const how = quick ? { runs: 3, settleMs: 6_000, idleMs: 5_000 } : { runs: 7, settleMs: 10_000, idleMs: 30_000 };
  return [
    { kind: 'release', program: join(root, 'dist/vhive/bin/vhive-agent'), ...how },
    { kind: 'source', program: join(root, 'bin/vhive-agent'), ...how },
  ];
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
