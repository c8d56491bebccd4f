import { expect, it } from 'vitest';
import { tracingEntries } from './tracing-config.ts';

it.each([
  ['1.18.2', 'tracing', 'zipkin-endpoint', 'http://zipkin.istio-system.svc.cluster.local:9411/api/v2/spans'],
  ['1.19.0', 'observability', 'tracing-endpoint', 'http://zipkin.istio-system.svc.cluster.local:4318/v1/traces'],
  ['1.21.2', 'observability', 'tracing-endpoint', 'http://zipkin.istio-system.svc.cluster.local:4318/v1/traces'],
])('Knative %s is told in config-%s: %s is %s', (version, name, key, value) => {
  const entries = tracingEntries(version);
  expect(Object.keys(entries)).toEqual([name]);
  expect(entries[name]?.[key]).toBe(value);
});
