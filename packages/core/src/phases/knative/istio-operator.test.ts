import { type ClusterFile, clusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { buildPlan } from '../../plan/build-plan.ts';
import { exampleInput } from '../../plan/example-input.fixture.ts';
import { istioOperator } from './istio-operator.ts';

const spec = (istio: ClusterFile['istio']) => JSON.parse(istioOperator(clusterFile.parse({ istio }))).spec;

it('merges the operator’s values over ours, and keeps the rest', () => {
  const values = { telemetry: { enabled: false }, pilot: { env: { PILOT_ENABLE_ALPN_FILTER: 'false' } } };
  expect(spec({ values }).values).toEqual({
    ...values,
    global: { proxy: { autoInject: 'disabled' }, jwtPolicy: 'third-party-jwt' },
  });
  expect(spec({ values: { global: { proxy: { resources: { requests: { cpu: '10m' } } } } } }).values.global).toEqual({
    proxy: { autoInject: 'disabled', resources: { requests: { cpu: '10m' } } },
    jwtPolicy: 'third-party-jwt',
  });
});

it('puts what istioctl takes from the spec alone into the spec', () => {
  const values = { meshConfig: { accessLogFile: '/dev/stdout' }, global: { hub: 'registry.example/istio' } };
  const { hub, meshConfig, values: left } = spec({ values });
  expect(hub).toBe('registry.example/istio');
  expect(meshConfig).toEqual({ enablePrometheusMerge: true, accessLogFile: '/dev/stdout' });
  expect(left).not.toHaveProperty('meshConfig');
  expect(left.global).not.toHaveProperty('hub');
});

it('is what istioctl is given, so that a change of the values makes the manifest again', () => {
  const inputOf = (istio: ClusterFile['istio']) =>
    buildPlan(exampleInput(2, { istio })).steps.flatMap(({ tasks }) =>
      tasks.filter(({ action, params }) => action === 'manifest.render' && JSON.stringify(params).includes('istioctl')),
    )[0]?.params.input;
  expect(inputOf({ values: { telemetry: { enabled: false } } })).toMatchObject({
    content: expect.stringContaining('"telemetry"'),
  });
  expect(inputOf({})).toEqual(inputOf({ values: {} }));
});
