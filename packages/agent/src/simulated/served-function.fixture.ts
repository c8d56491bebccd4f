import type { KubernetesObject } from '@vhive/shared';
import type { Host } from '../host/host.ts';

/** The address of the gateway of a simulated cluster that has a function. */
export const SIMULATED_GATEWAY = '192.0.2.240';

/** The host name of a function that was put there. */
export const hostOfFunction = (name: string) => `${name}.default.functions.example.org`;

const object = (apiVersion: string, kind: string, namespace: string, name: string, rest: object = {}) =>
  ({ apiVersion, kind, metadata: { namespace, name }, ...rest }) as KubernetesObject;

/** Puts what the simulated gateway looks at into the cluster of a simulated host: Knative is there, and has a function. */
export async function serveFunction(host: Pick<Host, 'kubernetes'>, name: string): Promise<void> {
  const api = await host.kubernetes('/etc/kubernetes/admin.conf');
  const addresses = [`${SIMULATED_GATEWAY}/32`];
  const objects = [
    object('apps/v1', 'Deployment', 'knative-serving', 'controller'),
    object('v1', 'ConfigMap', 'knative-serving', 'config-domain', { data: { 'functions.example.org': '' } }),
    object('metallb.io/v1beta1', 'IPAddressPool', 'metallb-system', 'pool', { spec: { addresses } }),
    object('v1', 'Service', 'istio-system', 'istio-ingressgateway', { spec: { type: 'LoadBalancer' } }),
    object('serving.knative.dev/v1', 'Service', 'default', name, {
      spec: { template: { spec: { containers: [{ image: 'example.org/hello' }] } } },
    }),
  ];
  for (const each of objects) await api.apply(each, { dryRun: false });
}
