import { spawn } from 'node:child_process';
import { availableParallelism, totalmem } from 'node:os';
import { MOST_PODS_TOLD, usageSample } from '@vhive/shared';
import { expect, it } from 'vitest';
import { agentSeconds } from './agent-seconds.ts';
import { openUsage, type UsageCounters } from './counters.ts';
import { sampleOf } from './sample.ts';

const counters = (changes: Partial<UsageCounters> = {}): UsageCounters => ({
  ...{ cpuSeconds: 100, cpus: 4, memoryBytes: 5, memoryTotalBytes: 10, disk: undefined },
  network: { interface: 'eth0', receivedBytes: 1_000, sentBytes: 50 },
  pods: new Map([['aa', { cpuSeconds: 7, memoryBytes: 1 }]]),
  ...changes,
});
const at = new Date('2026-03-01T10:00:00Z');

it('means are of the time between two looks', () => {
  const now = counters({
    cpuSeconds: 103,
    network: { interface: 'eth0', receivedBytes: 4_000, sentBytes: 10 },
    pods: new Map([
      ['aa', { cpuSeconds: 7.5, memoryBytes: 1 }],
      ['bb', { cpuSeconds: 0.2, memoryBytes: undefined }],
    ]),
  });
  const sample = sampleOf(
    { atMs: 1_000, counters: counters(), agentSeconds: 1 },
    { atMs: 3_000, counters: now, agentSeconds: 1.01 },
    at,
  );
  expect(usageSample.parse(sample)).toEqual({
    ...{ type: 'usage', at: at.toISOString(), seconds: 2, cpuCores: 1.5, cpus: 4, agentCores: 0.005 },
    ...{ memoryBytes: 5, memoryTotalBytes: 10 },
    // A counter that is less than before has begun anew.
    network: { interface: 'eth0', receivedBytes: 4_000, sentBytes: 10, receivedPerSecond: 1_500, sentPerSecond: 0 },
    pods: [
      { uid: 'aa', cpuCores: 0.25, memoryBytes: 1 },
      { uid: 'bb', cpuCores: 0.1, memoryBytes: 0 },
    ],
  });
});

it('a sample is bounded, however many pods there are', () => {
  const pods = new Map(Array.from({ length: 5_000 }, (_, index) => [`${index}`, { cpuSeconds: 0, memoryBytes: 0 }]));
  const look = { atMs: 0, counters: counters({ pods }), agentSeconds: 0 };
  const sample = sampleOf(look, { ...look, atMs: 1_000 }, at);
  expect(usageSample.parse(sample).pods).toHaveLength(MOST_PODS_TOLD);
});

it('what programs of the agent take counts as taken by the agent', async () => {
  const before = agentSeconds();
  const busy = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  try {
    await expect.poll(() => agentSeconds() - before, { timeout: 20_000 }).toBeGreaterThan(0.5);
    expect(process.cpuUsage().user / 1e6).toBeLessThan(agentSeconds());
  } finally {
    busy.kill();
  }
});

it('this machine tells what it uses', () => {
  const read = openUsage('127.0.0.1');
  const first = read();
  const second = read();
  expect(first.cpus).toBe(availableParallelism());
  expect(first.cpuSeconds).toBeGreaterThan(0);
  expect(second.cpuSeconds).toBeGreaterThanOrEqual(first.cpuSeconds);
  expect(first.memoryBytes).toBeGreaterThan(0);
  expect(first.memoryBytes).toBeLessThan(totalmem());
  expect(first.network?.interface).toBe('lo');
  expect(openUsage('203.0.113.1')().network).toBeUndefined();
});
