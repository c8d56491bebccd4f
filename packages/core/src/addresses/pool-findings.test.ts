import { expect, it } from 'vitest';
import { exampleNode } from '../plan/example-input.fixture.ts';
import { poolFindings } from './pool-findings.ts';

const nodes = [exampleNode('n1', 0), exampleNode('n2', 1)];

it('a pool that lies in no network of the nodes is warned of, as only the nodes then find it', () => {
  expect(poolFindings('10.200.3.4-10.200.3.24', nodes)).toEqual([
    {
      check: 'load balancer pool',
      level: 'warning',
      message: '10.200.3.4-10.200.3.24 lies in no network of the nodes: functions can be called from the nodes only',
      hint: expect.stringContaining('loadBalancer'),
    },
  ]);
});

it('so is one that lies in it in part; one within it is fine', () => {
  expect(poolFindings('10.10.255.250-10.11.0.5', nodes)).toHaveLength(1);
  expect(poolFindings('10.10.255.240-10.10.255.250', nodes)).toEqual([]);
});
