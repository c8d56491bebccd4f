import { decode, type UsageSample, usageSample } from '@vhive/shared';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { UsageCounters } from '../host/usage/counters.ts';
import { silentLogger } from './logger.ts';
import { createUsageTeller, type UsageTellerOptions } from './usage-teller.ts';

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-03-01T10:00:00Z') }));
afterEach(() => vi.useRealTimers());

/** A teller on a host of which half a core is in use, whose clock is two seconds ahead. */
function teller(changes: Partial<UsageTellerOptions> = {}) {
  const sent: UsageSample[] = [];
  let looks = 0;
  const read = (): UsageCounters => {
    looks += 1;
    return {
      ...{ cpuSeconds: performance.now() / 2_000, cpus: 2, memoryBytes: 1, memoryTotalBytes: 2 },
      ...{ network: undefined, disk: undefined, pods: new Map() },
    };
  };
  const made = createUsageTeller({
    ...{ host: { usage: async () => read }, maySend: () => true, clockOffsetMs: () => 2_000, logger: silentLogger },
    send(data) {
      const decoded = decode(usageSample, data);
      if (decoded.ok) sent.push(decoded.envelope.body);
    },
    ...changes,
  });
  return { ...made, sent, looks: () => looks };
}

it('tells once per second for as long as it was asked to, by the clock of the coordinator, and then does nothing', async () => {
  const { tell, sent, looks } = teller();
  await tell({ seconds: 3, address: '10.0.0.1' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent.map(({ at }) => at)).toEqual([
    '2026-03-01T09:59:59.000Z',
    '2026-03-01T10:00:00.000Z',
    '2026-03-01T10:00:01.000Z',
  ]);
  expect(sent.map(({ seconds, cpuCores }) => [seconds, cpuCores])).toEqual(Array(3).fill([1, 0.5]));
  expect(looks()).toBe(4);
  expect(vi.getTimerCount()).toBe(0);
});

it('goes on without a gap when it is asked again, and begins anew after a pause', async () => {
  const { tell, sent } = teller();
  await tell({ seconds: 3, address: 'a' });
  await vi.advanceTimersByTimeAsync(2_500);
  await tell({ seconds: 3, address: 'a' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sent).toHaveLength(5);
  await tell({ seconds: 1, address: 'a' });
  await vi.advanceTimersByTimeAsync(60_000);
  // The pause is not part of what means are taken of.
  expect(sent.slice(5)).toMatchObject([{ seconds: 1 }]);
});

it('refuses where its credentials do not allow it, or the host does not tell', async () => {
  await expect(teller({ maySend: () => false }).tell({ seconds: 1, address: '' })).rejects.toThrow('earlier version');
  const silent = teller({ host: { usage: () => Promise.reject(new Error('no /proc')) } });
  await expect(silent.tell({ seconds: 1, address: '' })).rejects.toThrow('no /proc');
});
