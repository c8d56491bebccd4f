import { readFile } from 'node:fs/promises';
import { clusterFile, VhiveError } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { exampleNode } from '../plan/example-input.fixture.ts';
import { type ConfigSources, checkConfig, readClusterFile, resolveConfig } from './index.ts';
import { nearestKey } from './nearest-key.ts';
import { clusterFileJsonSchema } from './schema.ts';
import { SCHEMA_FILE } from './write-schema.ts';

const fromFile = (text: string, rest: Omit<ConfigSources, 'file'> = {}) =>
  resolveConfig({ file: { path: 'vhive.yaml', text }, ...rest });

function errorOf(act: () => unknown): VhiveError {
  try {
    act();
  } catch (error) {
    if (error instanceof VhiveError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the configuration', () => {
  it('has a default for everything: an empty file, or none, is a valid one', () => {
    const defaults = clusterFile.parse({});
    expect(resolveConfig({})).toEqual(defaults);
    expect(fromFile('')).toEqual(defaults);
    expect(fromFile('# nothing\n')).toEqual(defaults);
  });

  it('comes from flags over the environment over the file', () => {
    const text = 'nodes: 2\nlan: 10.1.0.0/16\nnetwork: { plugin: bridge, podCidr: 10.50.0.0/16 }\n';
    const environment = { VHIVE_NODES: '3', VHIVE_LAN: '10.2.0.0/16', VHIVE_POD_CIDR: '', UNRELATED: 'x' };
    expect(fromFile(text)).toMatchObject({ nodes: 2, lan: '10.1.0.0/16' });
    expect(fromFile(text, { environment })).toMatchObject({ nodes: 3, lan: '10.2.0.0/16' });
    expect(fromFile(text, { environment, flags: { nodes: 4 } })).toMatchObject({
      nodes: 4,
      lan: '10.2.0.0/16',
      network: { plugin: 'bridge', podCidr: '10.50.0.0/16' },
    });
  });

  it('takes --nftables as kube-proxy’s mode', () => {
    const { kubernetes } = fromFile('kubernetes: { kubeProxyConfiguration: { oomScoreAdj: 0 } }', {
      flags: { nftables: true },
    });
    expect(kubernetes.kubeProxyConfiguration).toEqual({ mode: 'nftables', oomScoreAdj: 0 });
  });
});

describe('a wrong file is refused', () => {
  const refused: [name: string, text: string, message: RegExp, hint?: RegExp][] = [
    [
      'with an unknown key',
      'name: x\nsandbx: stock-only\n',
      /^vhive\.yaml:2: sandbx: there is no such key$/,
      /^did you mean sandbox\?$/,
    ],
    [
      'with an unknown key deeper',
      'network:\n  plugin: bridge\n  podCird: 10.0.0.0/16\n',
      /^vhive\.yaml:3: network\.podCird: there is no such key$/,
      /^did you mean podCidr\?$/,
    ],
    [
      'with a key like no other',
      'xyzzy: 1\n',
      /^vhive\.yaml:1: xyzzy: there is no such key$/,
      /^keys here are name, sandbox, nodes/,
    ],
    ['with a wrong value', 'name: x\n\nnodes: many\n', /^vhive\.yaml:3: nodes: .*expected number/],
    ['with a wrong choice', 'network: { plugin: flannel }', /^vhive\.yaml:1: network\.plugin: .*calico/],
    ['with a scalar for a map', 'network: bridge', /^vhive\.yaml:1: network: .*expected object/],
    ['that is not YAML', 'name: x\n  nodes: [1\n', /^vhive\.yaml:\d+: not valid YAML: /],
    ['that is a list', '- name\n', /^vhive\.yaml:1: the cluster file must be a map of fields$/],
    ['with a key twice', 'name: a\nname: b\n', /^vhive\.yaml:2: not valid YAML: .*unique/],
    [
      'with overlapping ranges',
      'network:\n  podCidr: 10.96.0.0/12\n',
      /^vhive\.yaml:2: network\.serviceCidr: 10\.96\.0\.0\/16 overlaps with network\.podCidr 10\.96\.0\.0\/12/,
    ],
    [
      'with a range that is none',
      'network:\n  podCidr: 10.300.0.0/16\n',
      /^vhive\.yaml:2: network\.podCidr: 10\.300\.0\.0\/16 is no IPv4 range$/,
    ],
    [
      'with a range off its prefix',
      'network: { podCidr: 10.50.1.0/16 }',
      /^vhive\.yaml:1: network\.podCidr: .* has bits set outside its prefix$/,
      /^write 10\.50\.0\.0\/16$/,
    ],
    [
      'with too small a range',
      'nodes: 5\nnetwork: { podCidr: 10.50.0.0/22 }',
      /^vhive\.yaml:2: network\.podCidr: 10\.50\.0\.0\/22 has room for 4 nodes, not for 5/,
      /\/21 or shorter/,
    ],
    [
      'with the LAN in a range',
      'lan: 10.244.7.0/24',
      /network\.podCidr: 10\.244\.0\.0\/16 overlaps with 10\.244\.7\.0\/24, the LAN/,
    ],
    [
      'with a version that is not whole',
      'versions: { kubernetes: "1.35" }',
      /^vhive\.yaml:1: versions\.kubernetes: 1\.35 is not a whole version/,
      /1\.35\.0/,
    ],
  ];

  it.each(refused)('%s', (_, text, message, hint) => {
    const error = errorOf(() => fromFile(text));
    expect(error).toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
    if (hint !== undefined) expect(error.hint).toMatch(hint);
  });

  it('naming everything at once', () => {
    const error = errorOf(() => fromFile('nods: 3\nsandbox: docker\nversions:\n  kubernets: 1.2.3\n'));
    expect(error.code).toBe('usage');
    expect(error.message.split('\n')).toEqual([
      '3 problems with the cluster configuration:',
      expect.stringMatching(/^ {2}vhive\.yaml:2: sandbox: /),
      '  vhive.yaml:4: versions.kubernets: there is no such key (did you mean kubernetes?)',
      '  vhive.yaml:1: nods: there is no such key (did you mean nodes?)',
    ]);
  });

  it('naming the flag or variable that is to blame', () => {
    expect(errorOf(() => fromFile('nodes: 3', { flags: { sandbox: 'docker' } })).message).toMatch(
      /^--sandbox: Invalid option/,
    );
    expect(errorOf(() => fromFile('', { environment: { VHIVE_NODES: 'many' } })).message).toMatch(
      /^VHIVE_NODES: nodes: /,
    );
    expect(errorOf(() => fromFile('', { environment: { VHIVE_POD_CIDR: '10.96.4.0/24' } })).message).toContain(
      '10.96.0.0/16 overlaps with network.podCidr 10.96.4.0/24',
    );
  });

  it('that cannot be read', async () => {
    await expect(readClusterFile('/nonexistent/vhive.yaml')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('/nonexistent/vhive.yaml cannot be read'),
    });
  });
});

describe('a combination that is not offered is refused before anything is touched', () => {
  const refused: [name: string, sources: ConfigSources, message: RegExp, hint: RegExp][] = [
    [
      'firecracker',
      { flags: { sandbox: 'firecracker' } },
      /^--sandbox: firecracker is not available in this release/,
      /stock-only/,
    ],
    [
      'gvisor',
      { environment: { VHIVE_SANDBOX: 'gvisor' } },
      /^VHIVE_SANDBOX: sandbox: gvisor is not available/,
      /stock-only/,
    ],
    ['stargz', { flags: { stargz: true } }, /^--stargz: the stargz snapshotter is not available/, /leave it out/],
    [
      'snapshots',
      { flags: { snapshots: true } },
      /^--snapshots: snapshots need the Firecracker sandbox/,
      /leave it out/,
    ],
    ['upf', { flags: { upf: true } }, /^--upf: .*REAP/, /leave it out/],
    [
      'Calico on Kubernetes 1.20',
      { file: { path: 'f', text: 'versions: { kubernetes: 1.20.2, containerd: 1.6.20 }' } },
      /network\.plugin: Calico’s manifest needs the API policy\/v1/,
      /use bridge/,
    ],
    [
      'containerd 2 with Kubernetes 1.20',
      { file: { path: 'f', text: 'versions: { kubernetes: 1.20.2 }\nnetwork: { plugin: bridge }' } },
      /versions\.containerd: containerd 2\.2\.3 no longer speaks CRI v1alpha2/,
      /1\.6 or 1\.7/,
    ],
    [
      'nftables before 1.31',
      { flags: { nftables: true }, file: { path: 'f', text: 'versions: { kubernetes: 1.28.4 }' } },
      /^--nftables: kube-proxy of Kubernetes 1\.28\.4/,
      /1\.31/,
    ],
    [
      'another cgroup driver',
      { file: { path: 'f', text: 'kubernetes:\n  kubeletConfiguration:\n    cgroupDriver: cgroupfs' } },
      /^f:3: kubernetes\.kubeletConfiguration\.cgroupDriver: /,
      /systemd/,
    ],
    [
      'too many nodes for bridge',
      { flags: { network: 'bridge', nodes: 250 } },
      /^--network: bridge is for up to 200 nodes, not 250$/,
      /calico/,
    ],
  ];

  it.each(refused)('%s', (_, sources, message, hint) => {
    const error = errorOf(() => resolveConfig(sources));
    expect(error).toMatchObject({ code: 'preflight', message: expect.stringMatching(message) });
    expect(error.hint).toMatch(hint);
  });
});

describe('what only the nodes tell', () => {
  const config = clusterFile.parse({});
  const at = (name: string, address: string, facts: Parameters<typeof exampleNode>[2] = {}) => ({
    ...exampleNode(name, 0, {
      interfaces: [{ name: 'eth0', mac: '', up: true, addresses: [`${address}/24`] }],
      ...facts,
    }),
    address,
  });

  it('is fine with fine nodes, also when they are members already', () => {
    const member = at('n1', '10.1.0.1', {
      interfaces: [
        { name: 'eth0', mac: '', up: true, addresses: ['10.1.0.1/24', 'fe80::1/64'] },
        { name: 'cni0', mac: '', up: true, addresses: ['10.244.0.1/24'] },
      ],
    });
    expect(() => checkConfig(config, [member, at('n2', '10.1.0.2')])).not.toThrow();
  });

  it('names a range that is one of the nodes’ networks', () => {
    const error = errorOf(() => checkConfig(config, [at('n1', '10.244.3.1'), at('n2', '10.244.3.2')]));
    expect(error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(
        'network.podCidr: 10.244.0.0/16 overlaps with 10.244.3.0/24, a network of n1, n2',
      ),
    });
  });

  it('refuses architectures, each by the node’s name', () => {
    const error = errorOf(() => checkConfig(config, [at('n1', '10.1.0.1'), at('pi', '10.1.0.2', { arch: 'armhf' })]));
    expect(error).toMatchObject({ code: 'preflight', message: expect.stringContaining('pi is armhf') });
    expect(() => checkConfig(config, [at('n1', '10.1.0.1', { arch: 'arm64' })])).not.toThrow();
  });

  it('refuses bridge across networks', () => {
    const bridge = clusterFile.parse({ network: { plugin: 'bridge' } });
    const error = errorOf(() => checkConfig(bridge, [at('n1', '10.1.0.1'), at('n2', '10.1.1.2')]));
    expect(error.message).toContain('n2 is not in 10.1.0.0/24');
  });

  it('refuses cgroup version 1 where the kubelet does', () => {
    const nodes = [at('n1', '10.1.0.1', { cgroupVersion: 1 })];
    expect(errorOf(() => checkConfig(config, nodes)).message).toContain(
      'refuses hosts with cgroup version 1, which n1',
    );
    const allowed = clusterFile.parse({ kubernetes: { kubeletConfiguration: { failCgroupV1: false } } });
    expect(() => checkConfig(allowed, nodes)).not.toThrow();
    expect(() => checkConfig(clusterFile.parse({ versions: { kubernetes: '1.34.2' } }), nodes)).not.toThrow();
  });
});

describe('the nearest key', () => {
  it.each([
    ['podCird', 'podCidr'],
    ['PODCIDR', 'podCidr'],
    ['plugn', 'plugin'],
    ['lna', 'lan'],
    ['whatever', undefined],
  ])('to %s is %s', (written, expected) => {
    expect(nearestKey(written, ['plugin', 'podCidr', 'serviceCidr', 'lan'])).toBe(expected);
  });
});

describe('the JSON schema in docs', () => {
  it('is that of the code; else: node packages/coordinator/src/cluster-file/write-schema.ts', async () => {
    expect(JSON.parse(await readFile(SCHEMA_FILE, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(clusterFileJsonSchema())),
    );
  });
});
