import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFleet } from './fleet.ts';
import type { AgentsReady, FleetOrder, StartAgents } from './messages.ts';
import { profiling } from './profiling.ts';

// This program is the coordinator's process of one fleet. It takes an order, answers with the result and ends.

const [order] = (await once(process, 'message')) as [FleetOrder];
const stateDir = await mkdtemp(join(tmpdir(), 'vhive-fleet-'));
const child = fork(join(import.meta.dirname, 'agents-process.ts'), { execArgv: profiling('agents') });
const ended = once(child, 'exit');
try {
  const result = await runFleet(order, stateDir, {
    pid: child.pid ?? 0,
    async start(agents: StartAgents) {
      child.send(agents);
      const [ready] = (await Promise.race([
        once(child, 'message'),
        ended.then(() => Promise.reject(new Error('the process of the agents has ended'))),
      ])) as [AgentsReady];
      return ready;
    },
  });
  process.send?.(result);
} finally {
  if (child.connected) child.disconnect();
  await ended;
  await rm(stateDir, { recursive: true, force: true });
  process.disconnect?.();
}
