import type { ClusterFile } from '@vhive/shared';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildPlan } from './build-plan.ts';
import { exampleInput } from './example-input.fixture.ts';

const flag = fc.boolean();

/** Any choice of everything that can be chosen, sensible or not. Other checks say whether the choices go together. */
const anyFile: fc.Arbitrary<ClusterFile> = fc.record({
  sandbox: fc.constantFrom('firecracker', 'gvisor', 'stock-only'),
  stargz: flag,
  network: fc.record({ plugin: fc.constantFrom('calico', 'bridge') }),
  kubernetes: fc.record({
    kubeconfigOnWorkers: flag,
    nodeLabels: fc.constantFrom({}, { n1: { a: 'b' } }),
  }),
  firecracker: fc.record({
    vhiveRef: fc.constantFrom('main', 'my-legacy-fork'),
    smokeBoot: flag,
    upf: flag,
    buildNode: fc.constant('n1'),
    dockerCredentialsFile: fc.constantFrom(undefined, '/root/credentials.json'),
  }) as fc.Arbitrary<ClusterFile['firecracker']>,
  loadBalancer: fc.record({ enabled: flag }),
  knative: fc.record({
    enabled: flag,
    eventing: flag,
    domain: fc.constantFrom(undefined, 'a.example'),
  }) as fc.Arbitrary<ClusterFile['knative']>,
  registry: fc.record({ local: flag, cache: fc.record({ enabled: flag }) }),
  images: fc.record({ preload: fc.constantFrom([], ['ghcr.io/ease-lab/pyaes:var_workload']) }),
  ready: fc.record({ smokeTest: flag }),
  extras: fc.record({
    chrony: fc.record({ enabled: flag }),
    tuning: fc.constantFrom({}, { smt: false }),
    zipkin: flag,
    metricsServer: flag,
    prometheus: fc.record({ enabled: flag }),
    nvidia: flag,
  }),
});

it('whatever is chosen, no step waits for one that no phase could make', () => {
  fc.assert(
    fc.property(anyFile, fc.integer({ min: 1, max: 4 }), flag, (fields, count, mirror) => {
      const input = exampleInput(count, fields, mirror);
      expect(() => buildPlan(input)).not.toThrow();
      expect(() => buildPlan(input, { limit: ['n1'] })).not.toThrow();
      expect(() => buildPlan(input, { until: 'ready' })).not.toThrow();
    }),
    { numRuns: 100, seed: 8 },
  );
});
