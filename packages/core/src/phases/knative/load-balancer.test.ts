import type { ClusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { buildPlan } from '../../plan/build-plan.ts';
import { exampleInput, plain } from '../../plan/example-input.fixture.ts';

function tasksOf(count: number, loadBalancer: ClusterFile['loadBalancer']) {
  const { steps } = buildPlan(exampleInput(count, { ...plain, loadBalancer: { enabled: true, ...loadBalancer } }));
  return steps.flatMap(({ tasks }) => tasks);
}
const paramsOf = (count: number, loadBalancer: ClusterFile['loadBalancer'], id: string) =>
  tasksOf(count, loadBalancer).find((task) => task.id === id)?.params;

it('announces its addresses on the interfaces and from the nodes that the operator names', () => {
  const nodeSelectors = [{ matchLabels: { edge: 'true' } }];
  expect(paramsOf(2, { interfaces: ['eno1'], nodeSelectors }, 'pool')?.objects).toMatchObject([
    { kind: 'IPAddressPool' },
    { kind: 'L2Advertisement', spec: { ipAddressPools: ['first-pool'], interfaces: ['eno1'], nodeSelectors } },
  ]);
  expect(JSON.stringify(paramsOf(2, {}, 'pool')?.objects)).toContain('"spec":{"ipAddressPools":["first-pool"]}');
});

it('gives its programs the level of their logs, and a single node its own flag besides', () => {
  expect(paramsOf(1, { logLevel: 'debug' }, 'metallb-native')).toMatchObject({
    patches: [
      { kind: 'DaemonSet', addArguments: { speaker: ['--log-level=debug', '--ignore-exclude-lb'] } },
      { kind: 'Deployment', name: 'controller', addArguments: { controller: ['--log-level=debug'] } },
    ],
  });
  expect(paramsOf(2, {}, 'metallb-native')).toMatchObject({ patches: [] });
});
