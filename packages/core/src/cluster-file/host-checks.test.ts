import { type ClusterFile, clusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { exampleNode } from '../plan/example-input.fixture.ts';
import { configProblems } from './semantic-checks.ts';

const os = (id: string, version: string) => ({ os: { id, version, name: `${id} ${version}` } });

/** Returns the problems of the nodes n1 (the control plane), n2, n3 … with these facts. */
function problems(fields: ClusterFile, ...facts: Parameters<typeof exampleNode>[2][]): string[] {
  const nodes = facts.map((own, index) => exampleNode(`n${index + 1}`, index, own));
  return configProblems(clusterFile.parse(fields), nodes, 'n1').map(({ field, message, fix }) =>
    [field, message, fix].join(': '),
  );
}

describe('kube-proxy with nftables', () => {
  const fields: ClusterFile = { kubernetes: { kubeProxyConfiguration: { mode: 'nftables' } } };

  it('is refused on kernels before 5.13, each named', () => {
    expect(problems(fields, { kernel: '5.13.0-52-generic' }, { kernel: '6.1.0' })).toEqual([]);
    const [problem, ...others] = problems(
      fields,
      { kernel: '6.1.0' },
      { kernel: '5.10.0-28-amd64' },
      { kernel: '5.4.0' },
    );
    expect(others).toEqual([]);
    expect(problem).toMatch(/kubeProxyConfiguration\.mode: .*n2 runs 5\.10\.0-28-amd64, n3 runs 5\.4\.0: use iptables/);
  });

  it('is not looked at otherwise', () => {
    expect(problems({}, { kernel: '5.4.0' }, { kernel: '5.4.0' })).toEqual([]);
  });
});

describe('vHive, compiled once for all', () => {
  const [focal, noble, trixie] = [os('ubuntu', '20.04'), os('ubuntu', '24.04'), os('debian', '13')];

  it('is refused where a node’s C library is older than the builder’s, with the node to compile on', () => {
    expect(problems({}, noble, trixie, focal)).toEqual([
      expect.stringMatching(/glibc 2\.39\), and would not start on n3 .*glibc 2\.31.*buildNode: n3$/),
    ]);
  });

  it.each([
    [{ firecracker: { buildNode: 'n3' } }, [noble, trixie, focal]],
    [{}, [focal, noble, noble]],
    [{}, [os('ubuntu', '30.04'), focal]],
    [{ sandbox: 'gvisor' as const }, [noble, focal]],
  ])('with %j is fine on others', (fields, facts) => {
    expect(problems(fields, ...facts)).toEqual([]);
  });
});

describe('the image of the test function', () => {
  const arm = { arch: 'arm64' };

  it('is for amd64: on other nodes that run functions another one is asked for', () => {
    expect(problems({ sandbox: 'stock-only' }, {}, {}, arm)).toEqual([
      expect.stringMatching(/^ready\.image: .*amd64 only, and n3 is arm64: set ready\.image/),
    ]);
  });

  it.each([
    [{ sandbox: 'stock-only', ready: { image: 'registry.example/hello:1' } }, [{}, arm]],
    [{ sandbox: 'stock-only', ready: { smokeTest: false } }, [arm]],
    [{ sandbox: 'stock-only' }, [arm, {}]],
  ] as [ClusterFile, object[]][])('with %j is not in the way', (fields, facts) => {
    expect(problems(fields, ...facts)).toEqual([]);
  });
});
