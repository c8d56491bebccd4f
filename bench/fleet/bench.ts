import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { measureAgent } from './agent-cost.ts';
import { measureJournal } from './journal-cost.ts';
import { machine } from './machine.ts';
import type { AgentCost, FleetOrder, FleetResult } from './messages.ts';
import { benchOptions } from './options.ts';
import { profiling } from './profiling.ts';
import { agentTable, FLEET_NOTES, fleetTable, journalLine } from './report.ts';

// The program of `npm run bench`. It measures what orchestration costs beside the network requests that it cannot do
// without. See docs/benchmarks.md.

const options = benchOptions(process.argv.slice(2));
const fleets: FleetResult[] = [];
for (const order of options.fleets) {
  process.stderr.write(`${order.agents} agents, journals ${order.journal === 'disk' ? 'on disk' : 'in memory'} ...\n`);
  fleets.push(await fleetInProcess(order));
}
const agents: AgentCost[] = [];
for (const order of options.agents) {
  process.stderr.write(`one agent, ${order.kind} ...\n`);
  agents.push(await measureAgent(order));
}
if (fleets.length > 0) process.stdout.write(`${fleetTable(fleets)}\n${FLEET_NOTES}\n`);
const journal = options.agents.length > 0 ? await measureJournal(300) : undefined;
if (journal) process.stdout.write(`${journalLine(journal)}\n`);
if (agents.length > 0) process.stdout.write(`${agentTable(agents)}\n`);
process.stdout.write(`${JSON.stringify({ type: 'bench', machine: machine(), fleets, agents, journal })}\n`);

/** Measures a fleet. Each fleet gets a coordinator's process of its own, so that none starts warm. */
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
