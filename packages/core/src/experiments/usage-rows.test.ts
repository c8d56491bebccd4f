import { expect, it } from 'vitest';
import { agentRows, kubeletRows, usageHeader } from './usage-rows.ts';

const time = '2026-03-01T10:00:00Z';

it('what a kubelet tells: a line for the node, and one for each pod', () => {
  const rows = kubeletRows('n1', {
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
  expect(rows).toBe(`${time},n1,,1.5000,2000,10,20,kubelet,,,\n${time},n1,default/f-1,0.0000,,,,kubelet,,,\n`);
  expect(usageHeader.split(',')).toHaveLength(11);
});

it('what an agent tells: pods by their names where these are known', () => {
  const sample = {
    ...{ type: 'usage' as const, at: time, seconds: 1, cpuCores: 1.5, cpus: 2, agentCores: 0.01 },
    ...{ memoryBytes: 2_000, memoryTotalBytes: 3_000, disk: { readBytes: 5, writtenBytes: 6 } },
    network: { interface: 'eth0', receivedBytes: 10, sentBytes: 20, receivedPerSecond: 1, sentPerSecond: 2 },
    pods: [
      { uid: 'aa', cpuCores: 0.25, memoryBytes: 7 },
      { uid: 'bb', cpuCores: 0, memoryBytes: 8 },
    ],
  };
  expect(agentRows('n1', sample, (uid) => (uid === 'aa' ? 'default/f-1' : undefined))).toBe(
    `${time},n1,,1.5000,2000,10,20,agent,5,6,0.0100\n${time},n1,default/f-1,0.2500,7,,,agent,,,\n${time},n1,bb,0.0000,8,,,agent,,,\n`,
  );
  const { network: _, disk: __, ...bare } = sample;
  expect(agentRows('n1', { ...bare, pods: [] }, () => undefined)).toBe(`${time},n1,,1.5000,2000,,,agent,,,0.0100\n`);
});
