import { clusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { adaptedClusterFile, labClusterFile } from './cluster-file.ts';

const versions = {
  ...{ kubernetes: '1.20.2', containerd: '1.6.20', runc: '1.1.5', cniPlugins: '1.1.1', crictl: '1.20.0' },
};

describe('the cluster file of a lab', () => {
  it('is one', () => {
    expect(clusterFile.parse(parse(labClusterFile(3, versions)))).toMatchObject({ nodes: 3, versions });
  });

  it('keeps what a person changed in it when hosts or the mirror change', () => {
    const changed = `${labClusterFile(3, versions)}# less patience\nlimits:\n  giveUpAfterSeconds: 20\n`;
    const adapted = adaptedClusterFile(changed, 4, { ...versions, runc: '1.2.0' });
    expect(adapted).toContain('# less patience');
    expect(parse(adapted)).toEqual({
      ...parse(changed),
      nodes: 4,
      versions: { ...versions, runc: '1.2.0' },
    });
  });

  it('stays as it is when nobody can read it', () => {
    expect(adaptedClusterFile('nodes: [', 4, versions)).toBe('nodes: [');
  });
});
