import { clusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { adaptedClusterFile, labClusterFile } from './cluster-file.ts';

const versions = {
  ...{ kubernetes: '1.20.2', containerd: '1.6.20', runc: '1.1.5', cniPlugins: '1.1.1', crictl: '1.20.0' },
  ...{ gvisor: '20221219', registry: '2.8.2', standIn: 'abc' },
};
const { standIn: _, ...named } = versions;
const standIns = Object.fromEntries(
  ['metallb', 'istio', 'knativeServing', 'netIstio', 'knativeEventing', 'kn'].map((name) => [name, '0.0.0-standin']),
);

describe('the cluster file of a lab', () => {
  it('is one', () => {
    expect(clusterFile.parse(parse(labClusterFile(3, versions)))).toMatchObject({
      nodes: 3,
      versions: { ...named, ...standIns },
      knative: { enabled: true },
      ready: { image: 'registry.invalid/vhive-lab/standin:abc' },
    });
  });

  it('can do without Knative and what it needs', () => {
    expect(clusterFile.parse(parse(labClusterFile(3, versions, 'kubernetes-only')))).toMatchObject({
      knative: { enabled: false },
      loadBalancer: { enabled: false },
      registry: { local: false },
    });
  });

  it('keeps what a person changed in it when hosts or the mirror change', () => {
    const changed = `${labClusterFile(3, versions)}# less patience\nlimits:\n  giveUpAfterSeconds: 20\n`;
    const adapted = adaptedClusterFile(changed, 4, { ...versions, runc: '1.2.0', standIn: 'def' });
    expect(adapted).toContain('# less patience');
    expect(parse(adapted)).toEqual({
      ...parse(changed),
      nodes: 4,
      versions: { ...named, ...standIns, runc: '1.2.0' },
      ready: { image: 'registry.invalid/vhive-lab/standin:def' },
    });
  });

  it('stays as it is when nobody can read it', () => {
    expect(adaptedClusterFile('nodes: [', 4, versions)).toBe('nodes: [');
  });
});
