import { configMap, daemonSet, definition, deployment, namespace, service, webhooks } from './objects.ts';

export const calico = [
  configMap('kube-system', 'calico-config'),
  daemonSet('kube-system', 'calico-node'),
  deployment('kube-system', 'calico-kube-controllers'),
];

const METALLB = 'metallb-system';

export const metallb = [
  namespace(METALLB),
  definition('ipaddresspools.metallb.io', 'IPAddressPool', 'v1beta1'),
  definition('l2advertisements.metallb.io', 'L2Advertisement', 'v1beta1'),
  service(METALLB, 'metallb-webhook-service'),
  deployment(METALLB, 'controller'),
  daemonSet(METALLB, 'speaker'),
  webhooks('Validating', 'metallb-webhook-configuration', METALLB, 'metallb-webhook-service'),
];
