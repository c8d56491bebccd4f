import { type ClusterFile, clusterFile, LEGACY_VHIVE_COMMIT, LEGACY_VHIVE_REF } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { configProblems } from './cluster-file/semantic-checks.ts';
import { type Features, features } from './features.ts';
import { buildPlan } from './plan/build-plan.ts';
import { exampleInput } from './plan/example-input.fixture.ts';

describe('what a cluster has', () => {
  it.each([
    [{}, { microVms: true, legacyVhive: false, gvisor: false, serving: true, istio: true, eventing: true }],
    [{ sandbox: 'gvisor' }, { microVms: false, gvisor: true, architectures: ['amd64'] }],
    [
      { sandbox: 'stock-only', stargz: true },
      { stockStargz: true, microVmStargz: false, architectures: ['amd64', 'arm64'] },
    ],
    [{ stargz: true }, { stockStargz: false, microVmStargz: true }],
    [{ firecracker: { vhiveRef: LEGACY_VHIVE_REF, upf: true } }, { legacyVhive: true, snapshots: true }],
    [{ firecracker: { vhiveRef: 'my-legacy-fork' } }, { legacyVhive: true, snapshots: false }],
    [{ firecracker: { vhiveRef: LEGACY_VHIVE_COMMIT } }, { legacyVhive: true }],
    [{ firecracker: { vhiveRef: 'f00d', generation: 'legacy' } }, { legacyVhive: true }],
    [{ firecracker: { vhiveRef: 'no-legacy-code', generation: 'current' } }, { legacyVhive: false }],
    [
      { sandbox: 'gvisor', firecracker: { vhiveRef: LEGACY_VHIVE_REF, smokeBoot: true } },
      { legacyVhive: false, smokeBoot: false },
    ],
    [{ knative: { enabled: false } }, { serving: false, istio: false, eventing: false, smokeFunction: false }],
    [
      { knative: { eventing: false }, ready: { smokeTest: false } },
      { serving: true, eventing: false, smokeFunction: false },
    ],
    [
      { network: { plugin: 'bridge' }, loadBalancer: { enabled: false } },
      { calico: false, loadBalancer: false },
    ],
    [{ extras: { nvidia: true, zipkin: true } }, { gpu: true, tracing: true }],
  ] as [ClusterFile, Partial<Features>][])('of %j', (fields, expected) => {
    expect(features(clusterFile.parse(fields))).toMatchObject(expected);
  });

  it('is the same when a fork of the legacy branch is checked and when it is planned', () => {
    const fields: ClusterFile = { firecracker: { vhiveRef: 'my-legacy-fork', snapshots: true, upf: true } };
    expect(configProblems(clusterFile.parse(fields))).toEqual([]);
    const params = JSON.stringify(buildPlan(exampleInput(2, fields)));
    expect(params).toContain('"kubernetesVersion":"1.25.9"');
    expect(params).toContain('/usr/local/bin/vhive -snapshots -upf -hostIface eth0\\n');
    expect(params).toContain('artifacts/hello-vmlinux-amd64');
  });
});
