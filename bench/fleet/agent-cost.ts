import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { AgentCost, AgentOrder } from './messages.ts';
import { cpuMs, memoryOf } from './process-usage.ts';
import { type RealCoordinator, startRealCoordinator } from './real-coordinator.ts';

/** The name of the node that the measured agent is. */
const NODE = 'bench-agent';

/**
 * Measures what one real agent on a real host costs, with a real coordinator in a process of its own: how long it takes
 * until the agent is registered, and what the agent uses while it has nothing to do.
 */
export async function measureAgent(order: AgentOrder): Promise<AgentCost> {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-bench-agent-'));
  const coordinator = await startRealCoordinator(directory);
  try {
    const enrolMs: number[] = [];
    const registeredMs: number[] = [];
    for (let run = 0; run < order.runs; run++) {
      const stateDir = join(directory, `agent-${run}`);
      enrolMs.push(await timeToRegistered(order, coordinator, stateDir));
      // The same host starts again, and this time it is enrolled already.
      registeredMs.push(await timeToRegistered(order, coordinator, stateDir));
    }
    return { ...order, enrolMs, registeredMs, ...(await idle(order, coordinator, join(directory, 'agent-0'))) };
  } finally {
    await coordinator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Measures the time in milliseconds from the start of the process to the line in its log that says that it is
 * registered.
 */
async function timeToRegistered(order: AgentOrder, coordinator: RealCoordinator, stateDir: string): Promise<number> {
  const began = performance.now();
  const agent = startAgentProcess(order, coordinator, stateDir);
  await agent.registered;
  const took = performance.now() - began;
  await agent.stop();
  return took;
}

/** Measures the memory and the CPU time of an agent that only waits. It first gets a while to settle. */
async function idle(order: AgentOrder, coordinator: RealCoordinator, stateDir: string) {
  const agent = startAgentProcess(order, coordinator, stateDir);
  await agent.registered;
  await delay(order.settleMs);
  const before = cpuMs(agent.pid);
  await delay(order.idleMs);
  const idleCpuPercent = ((cpuMs(agent.pid) - before) / order.idleMs) * 100;
  const idleMemoryMiB = memoryOf(agent.pid);
  await agent.stop();
  return { idleCpuPercent, idleMemoryMiB };
}

/** Returns the variables that the unit of the installed service sets for every agent. */
function serviceEnvironment(): Record<string, string> {
  const unit = readFileSync(join(import.meta.dirname, '../../systemd/vhive-agent.service'), 'utf8');
  return Object.fromEntries(unit.matchAll(/^Environment=(\w+)=(.*)$/gm).map(([, name, value]) => [name, value]));
}

function startAgentProcess(order: AgentOrder, { address, token }: RealCoordinator, stateDir: string) {
  const child = execa(
    order.program,
    ['run', '--coordinator', address, '--name', NODE, '--state-dir', stateDir, '--output', 'json'],
    {
      env: { ...serviceEnvironment(), VHIVE_TOKEN: token },
      stdin: 'ignore',
      stdout: 'ignore',
      reject: false,
      buffer: false,
    },
  );
  const lines = createInterface({ input: child.stderr });
  const said: string[] = [];
  const registered = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (line.includes('registered as')) resolve();
    });
    child.then(() => reject(new Error(`the agent ended before it was registered: ${said.join('\n')}`)), reject);
  });
  return {
    pid: child.pid ?? 0,
    registered,
    async stop() {
      child.kill('SIGTERM');
      await child;
    },
  };
}
