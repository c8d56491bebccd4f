import type { ClusterConfig } from '@vhive/shared';
import { isTree, type Tree, withTree } from '../kit/tree.ts';

/** The values of Istio's charts that this product gives. The operator's are merged over them. */
const ownValues: Tree = { global: { proxy: { autoInject: 'disabled' }, jwtPolicy: 'third-party-jwt' } };

/**
 * Where Istio's images come from: Docker Hub, because Istio's hubs on Google Cloud (gcr.io/istio-release,
 * registry.istio.io) end with 2026: https://github.com/istio/istio/issues/61467
 */
const HUB = 'docker.io/istio';

/**
 * Returns the input from which istioctl makes Istio's manifest:
 * https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/ Knative only uses Istio's gateways, so no
 * sidecars are put into pods. Its routes within the cluster go through a gateway of their own.
 *
 * Of a mesh configuration and a hub among the values istioctl would take no notice, since it puts those of the spec over
 * them. So the operator's become those of the spec. The text is JSON, which is valid YAML.
 */
export function istioOperator({ istio }: Pick<ClusterConfig, 'istio'>): string {
  const { meshConfig, ...values } = withTree(ownValues, istio.values);
  const { hub = HUB, ...global } = isTree(values.global) ? values.global : {};
  const document = {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    spec: {
      hub,
      meshConfig: withTree({ enablePrometheusMerge: true }, isTree(meshConfig) ? meshConfig : {}),
      values: { ...values, global },
      components: {
        pilot: { enabled: true },
        ingressGateways: [
          { name: 'istio-ingressgateway', enabled: true },
          {
            name: 'cluster-local-gateway',
            enabled: true,
            label: { istio: 'cluster-local-gateway', app: 'cluster-local-gateway' },
            k8s: {
              service: {
                type: 'ClusterIP',
                ports: [
                  { port: 15020, targetPort: 15021, name: 'status-port' },
                  { port: 80, targetPort: 8080, name: 'http2' },
                  { port: 443, targetPort: 8443, name: 'https' },
                ],
              },
            },
          },
        ],
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
