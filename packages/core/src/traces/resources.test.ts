import { expect, it } from 'vitest';
import { readTrace } from './read-trace.ts';
import { resourcesOf } from './resources.ts';
import { traceTables } from './trace.fixture.ts';

it.each([
  ['1vCPU', 120, { cpuLimitMilli: 1000, cpuRequestMilli: 100, memoryRequestMib: 12 }],
  ['GCP', 120, { cpuLimitMilli: 83, cpuRequestMilli: 8, memoryRequestMib: 12 }],
  ['GCP', 256, { cpuLimitMilli: 167, cpuRequestMilli: 16, memoryRequestMib: 25 }],
  ['GCP', 9000, { cpuLimitMilli: 2000, cpuRequestMilli: 200, memoryRequestMib: 900 }],
  ['1vCPU', 3, { cpuLimitMilli: 1000, cpuRequestMilli: 100, memoryRequestMib: 1 }],
] as const)('%s with %i MB', (limit, mostMb, resources) => {
  const memory = [1, 1, 1, 1, 1, 1, 1, mostMb];
  const [one] = readTrace(traceTables([{ hash: 'f', calls: [1], memory }]), { skipIncomplete: false }).functions;
  expect(one && resourcesOf(one, limit)).toEqual(resources);
});
