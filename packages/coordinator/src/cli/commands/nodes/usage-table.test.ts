import type { UsageMessage } from '@vhive/shared';
import { expect, it } from 'vitest';
import { styleFor } from '../../render/style.ts';
import { usageTable } from './usage-table.ts';

const plain = styleFor({ isTTY: false } as never, {});
const told = (node: string, receivedPerSecond: number, cpuCores: number): UsageMessage => ({
  ...{ type: 'usage', node, simulated: false },
  sample: {
    ...{ type: 'usage', at: '2026-03-01T10:00:00Z', seconds: 1, cpuCores, cpus: 4, agentCores: 0.001 },
    ...{ memoryBytes: 2 ** 30, memoryTotalBytes: 2 ** 32, pods: [] },
    network: { interface: 'eth0', receivedBytes: 1, sentBytes: 1, receivedPerSecond, sentPerSecond: 0 },
  },
});

it('nodes by their numbers, rates in their units, and why others tell nothing', () => {
  const lines = usageTable(
    [told('n10', 999.8, 0.5), told('n2', 12_345_678, 3.9), { type: 'no-usage', node: 'n3', reason: 'no agent' }],
    { width: 100 },
    plain,
  );
  expect(lines).toEqual([
    'NODE   CPU  CPU%    MEMORY  MEMORY%         IN    OUT  PODS  AGENT',
    'n2    3.90   98%  1.00 GiB      25%  12.3 MB/s  0 B/s     0  0.001',
    'n10   0.50   13%  1.00 GiB      25%   1.0 kB/s  0 B/s     0  0.001',
    'n3 tells nothing: no agent',
  ]);
});
