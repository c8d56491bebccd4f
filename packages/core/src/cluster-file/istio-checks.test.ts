import { type ClusterFile, clusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { resolveConfig } from './index.ts';
import { istioProblems } from './istio-checks.ts';

const problems = (values: Record<string, unknown>, fields: ClusterFile = {}) =>
  istioProblems(clusterFile.parse({ ...fields, istio: { values } }));

it.each([
  {},
  { telemetry: { enabled: false }, pilot: { env: { PILOT_ENABLE_ALPN_FILTER: 'false' }, enabled: true } },
  {
    meshConfig: { accessLogFile: '/dev/stdout' },
    global: { hub: 'registry.example/istio', jwtPolicy: 'third-party-jwt' },
  },
  { gateways: { 'istio-ingressgateway': { resources: { limits: { cpu: '1' } }, type: 'LoadBalancer' } } },
])('takes %j', (values) => {
  expect(problems(values)).toEqual([]);
});

it.each([
  [{ pilott: {} }, 'istio.values.pilott', /no value pilott/, 'did you mean pilot?'],
  [{ spec: {} }, 'istio.values.spec', /no value spec/, /^there are base, cni/],
  [{ pilot: 'on' }, 'istio.values.pilot', /must be a mapping/, undefined],
  [{ pilot: { enabled: false } }, 'istio.values.pilot.enabled', /must stay true: the gateways get/, 'leave it out'],
  [{ global: { tag: '1.30.0' } }, 'istio.values.global.tag', /cannot be set here/, 'set versions.istio'],
  [
    { gateways: { 'istio-ingressgateway': { type: 'NodePort' } } },
    'istio.values.gateways.istio-ingressgateway.type',
    /must stay "LoadBalancer": functions are called at the address/,
    'leave it out',
  ],
])('refuses %j with the reason', (values, field, message, fix) => {
  expect(problems(values)).toMatchObject([
    { code: 'usage', field, message: expect.stringMatching(message), ...(fix && { fix: expect.stringMatching(fix) }) },
  ]);
});

it('refuses sidecars in microVMs alone', () => {
  const values = { global: { proxy: { autoInject: 'enabled' } } };
  expect(problems(values)).toMatchObject([{ message: expect.stringContaining('a microVM runs the function') }]);
  expect(problems(values, { sandbox: 'stock-only' })).toEqual([]);
});

it('says the line of the cluster file', () => {
  const text = 'istio:\n  values:\n    pilot:\n      enabled: false\n';
  expect(() => resolveConfig({ file: { path: 'vhive.yaml', text } })).toThrow(
    /^vhive\.yaml:4: istio\.values\.pilot\.en/,
  );
  expect(() => resolveConfig({ file: { path: 'vhive.yaml', text: 'istio: { values: [a] }' } })).toThrow(
    /vhive\.yaml:1/,
  );
});
