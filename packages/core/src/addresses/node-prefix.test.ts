import { clusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { nodePrefix } from './node-prefix.ts';

it.each([
  [{}, 24],
  [{ kubernetes: { maxPods: 30 } }, 24],
  [{ kubernetes: { maxPods: 240 } }, 24],
  [{ kubernetes: { maxPods: 250 } }, 23],
  [{ kubernetes: { maxPods: 500 } }, 22],
  [{ kubernetes: { maxPods: 1000 } }, 22],
  [{ kubernetes: { kubeletConfiguration: { maxPods: 400 } } }, 23],
  [{ kubernetes: { maxPods: 1000 }, network: { nodePrefix: 21 } }, 21],
] as const)('%j gives each node a /%i', (fields, prefix) => {
  expect(nodePrefix(clusterFile.parse(fields))).toBe(prefix);
});
