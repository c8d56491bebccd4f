/**
 * The input from which istioctl makes Istio's manifest:
 * https://istio.io/latest/docs/reference/config/istio.operator.v1alpha1/ Knative only uses Istio's gateways, so no
 * sidecars are put into pods. Its routes within the cluster go through a gateway of their own. Istio's images are those
 * on Docker Hub, because its hubs on Google Cloud (gcr.io/istio-release, registry.istio.io) end with 2026:
 * https://github.com/istio/istio/issues/61467. The text is JSON, which is valid YAML.
 */
export const istioOperator = `${JSON.stringify(
  {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    spec: {
      hub: 'docker.io/istio',
      meshConfig: { enablePrometheusMerge: true },
      values: { global: { proxy: { autoInject: 'disabled' }, jwtPolicy: 'third-party-jwt' } },
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
  },
  null,
  2,
)}\n`;
