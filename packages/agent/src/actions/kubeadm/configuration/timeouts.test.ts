import { expect, it } from 'vitest';
import { withTimeouts } from './timeouts.ts';

const document = (version: string, kind: string) => ({ apiVersion: `kubeadm.k8s.io/${version}`, kind, other: 'kept' });

it.each(['InitConfiguration', 'JoinConfiguration'])(
  '%s asks for 7 times the patience on a host 7 times slower',
  (kind) => {
    expect(withTimeouts(document('v1beta4', kind), 7)).toEqual({
      ...document('v1beta4', kind),
      timeouts: {
        ...{ controlPlaneComponentHealthCheck: '1680s', kubeletHealthCheck: '1680s' },
        ...{ kubernetesAPICall: '420s', tlsBootstrap: '2100s' },
      },
    });
  },
);

it.each([
  ['on a usual host', document('v1beta4', 'JoinConfiguration'), 1],
  ['in versions that cannot be told so', document('v1beta3', 'JoinConfiguration'), 7],
  ['in other documents', document('v1beta4', 'ClusterConfiguration'), 7],
  ['in documents of others', { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' }, 7],
])('nothing is added %s', (_, given, patience) => {
  expect(withTimeouts(given, patience)).toBe(given);
});
