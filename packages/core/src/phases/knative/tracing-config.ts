import { atLeast } from '../../versions/resolve.ts';
import { ISTIO_NAMESPACE } from './istio.ts';

/** The name of Zipkin's Service within the cluster, under which vHive's own tools look for it. */
const ZIPKIN_HOST = `zipkin.${ISTIO_NAMESPACE}.svc.cluster.local`;

/**
 * Returns the entries of Knative's ConfigMaps `config-<name>` that make it send every trace to Zipkin. From 1.19 on,
 * Knative only speaks OpenTelemetry's protocol, which a collector beside Zipkin understands; before, it spoke Zipkin's
 * own. https://knative.dev/docs/serving/observability/accessing-traces
 */
export function tracingEntries(knative: string): Record<string, Record<string, string>> {
  if (!atLeast(knative, '1.19.0'))
    return {
      tracing: { backend: 'zipkin', 'zipkin-endpoint': `http://${ZIPKIN_HOST}:9411/api/v2/spans`, 'sample-rate': '1' },
    };
  return {
    observability: {
      'tracing-protocol': 'http/protobuf',
      'tracing-endpoint': `http://${ZIPKIN_HOST}:4318/v1/traces`,
      'tracing-sampling-rate': '1',
    },
  };
}
