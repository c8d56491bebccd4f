import { daemonSet, deployment, service } from './objects.ts';

export const metricsServer = [
  service('kube-system', 'metrics-server'),
  deployment('kube-system', 'metrics-server'),
  {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      service: { name: 'metrics-server', namespace: 'kube-system' },
    },
  },
];

export const nvidiaDevicePlugin = [
  daemonSet('kube-system', 'nvidia-device-plugin-daemonset', 'nvidia-device-plugin-ctr'),
];
