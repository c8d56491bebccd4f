import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FleetOrder, FleetResult } from './messages.ts';
import { benchOptions } from './options.ts';
import { profiling } from './profiling.ts';
import { fleetTable } from './report.ts';

// npm run bench: what orchestration costs beside the network requests it cannot do without. See docs/benchmarks.md.

const options = benchOptions(process.argv.slice(2));
const fleets: FleetResult[] = [];
for (const order of options.fleets) {
  process.stderr.write(`${order.agents} agents, journals ${order.journal === 'disk' ? 'on disk' : 'in memory'} ...\n`);
  fleets.push(await fleetInProcess(order));
}
process.stdout.write(fleetTable(fleets));
process.stdout.write(`${JSON.stringify({ type: 'bench', fleets })}\n`);

/** A coordinator's process of its own for each fleet: none starts warm. */
async function fleetInProcess(order: FleetOrder): Promise<FleetResult> {
  const child = fork(join(import.meta.dirname, 'coordinator-process.ts'), { execArgv: profiling('coordinator') });
  child.send(order);
  const outcome = await Promise.race([
    once(child, 'message') as Promise<[FleetResult]>,
    once(child, 'exit').then(() => undefined),
  ]);
  if (outcome === undefined) throw new Error('the process of the coordinator has ended without a result');
  return outcome[0];
}
