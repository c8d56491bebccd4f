import type { KubernetesObject } from '@vhive/shared';
import { namespaceObject } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import { ISTIO_NAMESPACE } from '../knative/istio.ts';

const NAME = 'zipkin';
const labels = { app: NAME };
const metadata = { name: NAME, namespace: ISTIO_NAMESPACE };

/**
 * The configuration of the collector, which takes OpenTelemetry's protocol (OTLP over HTTP) and gives Zipkin its own.
 * It is JSON, which is valid YAML.
 */
const collectorConfiguration = JSON.stringify({
  receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } },
  processors: { batch: {} },
  exporters: { zipkin: { endpoint: 'http://127.0.0.1:9411/api/v2/spans' } },
  service: { pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['zipkin'] } } },
});

/** Returns the objects of Zipkin, with a collector beside it in the same pod. Traces are kept in memory. */
export function tracingObjects({ versions }: PhaseContext): KubernetesObject[] {
  const containers = [
    {
      name: NAME,
      image: `docker.io/openzipkin/zipkin:${versions.zipkin}`,
      ports: [{ name: 'http', containerPort: 9411, protocol: 'TCP' }],
      readinessProbe: { httpGet: { path: '/health', port: 9411 } },
    },
    {
      name: 'collector',
      image: `docker.io/otel/opentelemetry-collector:${versions.otelCollector}`,
      args: ['--config=/etc/otelcol/config.yaml'],
      ports: [{ name: 'otlp-http', containerPort: 4318, protocol: 'TCP' }],
      readinessProbe: { tcpSocket: { port: 4318 } },
      volumeMounts: [{ name: 'configuration', mountPath: '/etc/otelcol' }],
    },
  ];
  const volumes = [{ name: 'configuration', configMap: { name: 'zipkin-collector' } }];
  return [
    namespaceObject(ISTIO_NAMESPACE),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'zipkin-collector', namespace: ISTIO_NAMESPACE },
      data: { 'config.yaml': collectorConfiguration },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers, volumes } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: labels,
        ports: [
          { name: 'http', port: 9411, targetPort: 9411, protocol: 'TCP' },
          { name: 'otlp-http', port: 4318, targetPort: 4318, protocol: 'TCP' },
        ],
      },
    },
  ];
}
