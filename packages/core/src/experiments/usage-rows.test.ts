import { expect, it } from 'vitest';
import { usageHeader, usageRows } from './usage-rows.ts';

const time = '2026-03-01T10:00:00Z';

it('a line for the node, and one for each pod', () => {
  const rows = usageRows('n1', {
    node: {
      nodeName: 'n1',
      cpu: { time, usageNanoCores: 1_500_000_000 },
      memory: { time, workingSetBytes: 2_000 },
      network: { time, name: 'eth0', rxBytes: 10, txBytes: 20 },
    },
    pods: [
      { podRef: { name: 'f-1', namespace: 'default', uid: 'x' }, cpu: { time, usageNanoCores: 0 }, memory: {} },
      { podRef: { name: 'new', namespace: 'default', uid: 'y' } },
    ],
  });
  expect(rows).toBe(`${time},n1,,1.5000,2000,10,20\n${time},n1,default/f-1,0.0000,,,\n`);
  expect(usageHeader.split(',')).toHaveLength(7);
});
