import type { ClusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { examplePhaseContext } from '../kit/phase-context.fixture.ts';
import { servingConfig, servingPatches } from './serving-patches.ts';

const local = 'docker-registry.registry.svc.cluster.local:5000';
const config = (fields: ClusterFile, mirror = false) => servingConfig(examplePhaseContext(2, fields, mirror));

describe('settings of Serving', () => {
  it.each([
    [{}, ['deployment', 'network']],
    [{ sandbox: 'gvisor' }, ['deployment', 'network', 'features']],
    [{ extras: { nvidia: true } }, ['deployment', 'network', 'features']],
    [{ knative: { domain: 'a.example' } }, ['deployment', 'network', 'domain']],
    [{ knative: { config: { gc: { a: 'b' } } } }, ['deployment', 'network', 'gc']],
  ] as [ClusterFile, string[]][])('%j are in the ConfigMaps %j', (fields, names) => {
    expect(Object.keys(config(fields))).toEqual(names);
  });

  it.each([
    [{}, false, local],
    [{ registry: { local: false } }, false, undefined],
    [{ registry: { insecure: ['10.0.0.9:5000'] } }, false, '10.0.0.9:5000'],
    [{}, true, 'ghcr.io'],
  ] as [ClusterFile, boolean, string | undefined][])(
    '%j (mirror: %s) leave tags of %s to the nodes',
    (fields, mirror, registry) => {
      const list = config(fields, mirror).deployment?.['registries-skipping-tag-resolving']?.split(',');
      expect(list?.slice(0, 3)).toEqual(['kind.local', 'ko.local', 'dev.local']);
      if (registry === undefined) expect(list).toHaveLength(3);
      else expect(list).toContain(registry);
    },
  );

  it('give the operator’s entries the last word, and keep the rest', () => {
    const entries = { 'queue-sidecar-image': 'mine:1' };
    const { deployment } = config({ knative: { config: { deployment: entries } } });
    expect(deployment).toMatchObject({
      ...entries,
      'registries-skipping-tag-resolving': expect.stringContaining(local),
    });
  });

  it('add the operator’s registries to ours, without which no image of a mirror would be found', () => {
    const deployment = { 'registries-skipping-tag-resolving': 'a.example, ko.local' };
    expect(config({ knative: { config: { deployment } } }).deployment?.['registries-skipping-tag-resolving']).toBe(
      `kind.local,ko.local,dev.local,${local},a.example`,
    );
  });
});

it('replaces the queue-proxy’s Image for firecracker alone', () => {
  const kinds = (sandbox: ClusterFile['sandbox']) =>
    servingPatches(examplePhaseContext(2, { sandbox })).map(({ kind }) => kind);
  expect(kinds('firecracker')).toContain('Image');
  expect(kinds('gvisor')).not.toContain('Image');
  expect(kinds('stock-only')).not.toContain('Image');
});
