import { catalogue } from '@vhive/core/versions/catalogue';
import { clusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogueVersions, mirrorVersions } from '../tree/versions.ts';
import { adaptedClusterFile, labClusterFile } from './cluster-file.ts';

const versions = mirrorVersions({ 'docker-registry': '2.8.2+ds1-1' });
const compiled = { versions, compiled: true };
const released = { versions: catalogueVersions(), compiled: false };

describe('the cluster file of a lab', () => {
  it('is one, and names the versions that differ from the catalogue', () => {
    const file = clusterFile.parse(parse(labClusterFile(3, compiled)));
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
    expect(clusterFile.parse(parse(labClusterFile(3, compiled, stack)))).toMatchObject(expected);
  });

  it('keeps what a person changed in it when hosts or the mirror change', () => {
    const changed = `${labClusterFile(3, compiled)}# less patience\nlimits:\n  giveUpAfterSeconds: 20\n`;
    const newer = { ...versions, runc: '1.9.0', crictl: catalogue.crictl.version };
    const adapted = adaptedClusterFile(changed, 4, { versions: newer, compiled: true });
    expect(adapted).toContain('# less patience');
    const { crictl: _, ...others } = parse(changed).versions;
    expect(parse(adapted)).toEqual({ ...parse(changed), nodes: 4, versions: { ...others, runc: '1.9.0' } });
  });

  it('of released software names no versions, leaves Istio as it is, and speaks of no stand-in', () => {
    const text = labClusterFile(3, released);
    expect(text).not.toContain('stand-in');
    expect(parse(text)).not.toHaveProperty('versions');
    expect(parse(text)).not.toHaveProperty('istio');
  });

  it('follows when the software is released instead of compiled, and back; what a person gave Istio stays', () => {
    expect(adaptedClusterFile(labClusterFile(3, compiled), 3, released)).toBe(labClusterFile(3, released));
    const back = adaptedClusterFile(labClusterFile(3, released), 3, compiled);
    expect(parse(back)).toEqual(parse(labClusterFile(3, compiled)));
    expect(back).toContain('net-istio and kn are stand-ins');
    const own = labClusterFile(3, compiled).replace('telemetry:', 'tracing: {}\n    telemetry:');
    expect(parse(adaptedClusterFile(own, 3, released)).istio).toEqual(parse(own).istio);
  });

  it.each([
    ['serving', 'full'],
    ['full', 'kubernetes-only'],
    ['kubernetes-only', 'serving'],
  ] as const)('made for %s, follows when %s is asked for, and stays when nothing is', (before, after) => {
    const file = labClusterFile(3, compiled, before);
    expect(parse(adaptedClusterFile(file, 3, compiled, after))).toEqual(parse(labClusterFile(3, compiled, after)));
    expect(adaptedClusterFile(file, 3, compiled)).toBe(file);
  });

  it('stays as it is when nobody can read it', () => {
    expect(adaptedClusterFile('nodes: [', 4, compiled)).toBe('nodes: [');
  });
});
