import { catalogue } from '@vhive/core/versions/catalogue';
import { clusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { mirrorVersions } from '../tree/versions.ts';
import { adaptedClusterFile, labClusterFile } from './cluster-file.ts';

const versions = mirrorVersions({ 'docker-registry': '2.8.2+ds1-1' });

describe('the cluster file of a lab', () => {
  it('is one, and names the versions that differ from the catalogue', () => {
    const file = clusterFile.parse(parse(labClusterFile(3, versions)));
    expect(file).toMatchObject({ nodes: 3, knative: { enabled: true } });
    expect(file.versions).toEqual({
      ...{ crictl: versions.crictl, istio: versions.istio, gvisor: versions.gvisor, registry: '2.8.2' },
      ...{ netIstio: '0.0.0-standin', kn: '0.0.0-standin' },
    });
  });

  it.each([
    ['kubernetes-only', { knative: { enabled: false }, loadBalancer: { enabled: false }, registry: { local: false } }],
    ['serving', { knative: { enabled: true, eventing: false }, loadBalancer: { enabled: true } }],
    ['full', { knative: { enabled: true, eventing: true } }],
  ] as const)('asks for what the stack %s has', (stack, expected) => {
    expect(clusterFile.parse(parse(labClusterFile(3, versions, stack)))).toMatchObject(expected);
  });

  it('keeps what a person changed in it when hosts or the mirror change', () => {
    const changed = `${labClusterFile(3, versions)}# less patience\nlimits:\n  giveUpAfterSeconds: 20\n`;
    const newer = { ...versions, runc: '1.9.0', crictl: catalogue.crictl.version };
    const adapted = adaptedClusterFile(changed, 4, newer);
    expect(adapted).toContain('# less patience');
    const { crictl: _, ...others } = parse(changed).versions;
    expect(parse(adapted)).toEqual({ ...parse(changed), nodes: 4, versions: { ...others, runc: '1.9.0' } });
  });

  it('stays as it is when nobody can read it', () => {
    expect(adaptedClusterFile('nodes: [', 4, versions)).toBe('nodes: [');
  });
});
