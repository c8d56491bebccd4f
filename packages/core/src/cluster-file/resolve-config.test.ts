import { clusterFile, LEGACY_VHIVE_REF, nearestKey, VHIVE_COMMIT, VhiveError } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { exampleNode } from '../plan/example-input.fixture.ts';
import { type ConfigSources, checkConfig, type Overlay, resolveConfig } from './index.ts';

import { configProblems } from './semantic-checks.ts';

/** A cluster file with Kubernetes alone. */
const plain = 'sandbox: stock-only\nknative: { enabled: false }\n';

const fromFile = (text: string, rest: Omit<ConfigSources, 'file'> = {}) =>
  resolveConfig({ file: { path: 'vhive.yaml', text }, ...rest });

/** Makes an overlay, which is what a flag or a variable says about a field. */
const said = (where: string, field: string, value: unknown): Overlay => ({ path: field.split('.'), value, where });
const sandbox = (kind: string) => said('--sandbox', 'sandbox', kind);
const upf = said('--upf', 'firecracker.upf', true);

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

  it('comes from overlays over the file, later ones over earlier ones', () => {
    const text = 'nodes: 2\nlan: 10.1.0.0/16\nnetwork: { plugin: bridge, podCidr: 10.50.0.0/16 }\n';
    const environment = [said('VHIVE_NODES', 'nodes', 3), said('VHIVE_LAN', 'lan', '10.2.0.0/16')];
    expect(fromFile(text)).toMatchObject({ nodes: 2, lan: '10.1.0.0/16' });
    expect(fromFile(text, { overlays: environment })).toMatchObject({ nodes: 3, lan: '10.2.0.0/16' });
    expect(fromFile(text, { overlays: [...environment, said('--nodes', 'nodes', 4)] })).toMatchObject({
      nodes: 4,
      lan: '10.2.0.0/16',
      network: { plugin: 'bridge', podCidr: '10.50.0.0/16' },
    });
  });

  it.each([LEGACY_VHIVE_REF, VHIVE_COMMIT, 'main'])('takes REAP of vHive %s to imply snapshots', (ref) => {
    const file = { path: 'f', text: `firecracker: { vhiveRef: ${ref} }` };
    expect(resolveConfig({ file, overlays: [upf] }).firecracker).toMatchObject({ upf: true, snapshots: true });
  });

  it('takes an overlay deep in a section, beside what the file has there', () => {
    const { kubernetes } = fromFile('kubernetes: { kubeProxyConfiguration: { oomScoreAdj: 0 } }', {
      overlays: [said('--nftables', 'kubernetes.kubeProxyConfiguration.mode', 'nftables')],
    });
    expect(kubernetes.kubeProxyConfiguration).toEqual({ mode: 'nftables', oomScoreAdj: 0 });
  });
});

describe('a wrong file is refused', () => {
  const refused: [name: string, text: string, message: RegExp, hint?: RegExp][] = [
    [
      'entries of a ConfigMap that Serving has not',
      'knative: { config: { autoscalr: { initial-scale: "0" } } }',
      /vhive\.yaml:1: knative\.config\.autoscalr: there is no ConfigMap config-autoscalr$/,
      /^did you mean autoscaler\?$/,
    ],
    [
      'an image that is none',
      'ready: { image: "Not An Image" }',
      /vhive\.yaml:1: ready\.image: must be a reference such as/,
    ],
    [
      'a registry with two caches',
      'registry:\n  cache: { enabled: true, upstreams: [a.example, a.example] }',
      /vhive\.yaml:2: registry\.cache\.upstreams: a\.example is there twice$/,
      /once/,
    ],
    [
      'a registry without TLS that has a cache',
      'registry:\n  insecure: [a.example]\n  cache: { enabled: true, upstreams: [a.example] }',
      /vhive\.yaml:3: registry\.cache\.upstreams: a\.example is also what registry\.insecure stands for$/,
    ],
    [
      'a cache on a port of Kubernetes',
      'registry: { cache: { enabled: true, firstPort: 6442, upstreams: [a.example, b.example] } }',
      /registry\.cache\.firstPort: the cache of b\.example would be at port 6443/,
      /5100/,
    ],
    [
      'a domain that is none',
      'knative: { domain: Functions of mine }',
      /vhive\.yaml:1: knative\.domain: must be a name of the DNS/,
    ],
    [
      'a label that Kubernetes would refuse',
      'kubernetes:\n  nodeLabels: { "*": { role: "a worker" } }',
      /vhive\.yaml:2: kubernetes\.nodeLabels\.\*\.role: must be a value of a label/,
    ],
    [
      'a flag of vHive that is two lines',
      'firecracker: { extraFlags: ["-dbg\\nUser=me"] }',
      /vhive\.yaml:1: firecracker\.extraFlags\.0: must be one line/,
    ],
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
      /^keys here are name, sandbox, stargz, nodes/,
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
      /^vhive\.yaml:2: network\.podCidr: must be an IPv4 range such as 10\.244\.0\.0\/16$/,
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
      'with pods on loopback addresses',
      'network:\n  podCidr: 127.0.0.0/16',
      /^vhive\.yaml:2: network\.podCidr: 127\.0\.0\.0\/16 has loopback addresses/,
      /private range/,
    ],
    [
      'with services on multicast addresses',
      'network: { serviceCidr: 224.0.0.0/16 }',
      /^vhive\.yaml:1: network\.serviceCidr: 224\.0\.0\.0\/16 has multicast addresses$/,
    ],
    [
      'with microVMs on loopback addresses',
      'firecracker: { vethPrefix: "127.1" }',
      /^vhive\.yaml:1: firecracker\.vethPrefix: 127\.1\.0\.0\/16 has loopback addresses/,
    ],
    [
      'with a pool of multicast addresses',
      'loadBalancer: { pool: 239.0.0.1-239.0.0.9 }',
      /^vhive\.yaml:1: loadBalancer\.pool: 239\.0\.0\.1-239\.0\.0\.9 has multicast addresses$/,
    ],
    ['with a multicast LAN', 'lan: 224.0.0.0/24', /^vhive\.yaml:1: lan: 224\.0\.0\.0\/24 has multicast addresses$/],
    ['with a LAN without a prefix', 'lan: 10.1.0.0', /^vhive\.yaml:1: lan: must be a range such as/],
    ['with a LAN of two lines', 'lan: "eth0\\nx"', /^vhive\.yaml:1: lan: must be a range such as/],
    ['with a LAN for a shell', 'lan: $(id)', /^vhive\.yaml:1: lan: must be a range such as/],
    ['with a LAN that looks like an option', 'lan: -eth0', /^vhive\.yaml:1: lan: must be a range such as/],
    [
      'with a folder for an interface',
      'firecracker: { hostInterface: .. }',
      /hostInterface: must be the name of an interface/,
    ],
    ...['root; rm', 'a\\nb', '../root', '-root', '', '1000'].map((user): [string, string, RegExp] => [
      `with the operator ${user}`,
      `kubernetes: { operatorUser: "${user}" }`,
      /kubernetes\.operatorUser: must be the name of a user/,
    ]),
    ...['', 'a b', '$(id)', 'x;y', 'http://a.example'].map((repository): [string, string, RegExp] => [
      `with the image repository ${repository}`,
      `kubernetes: { imageRepository: "${repository}" }`,
      /kubernetes\.imageRepository: must be a registry/,
    ]),
    [
      'with another document for the kubelet',
      'kubernetes:\n  kubeletConfiguration:\n    kind: ClusterConfiguration',
      /^vhive\.yaml:3: kubernetes\.kubeletConfiguration\.kind: must be KubeletConfiguration, or be left out$/,
    ],
    [
      'with another document for kube-proxy',
      'kubernetes: { kubeProxyConfiguration: { apiVersion: v1 } }',
      /kubeProxyConfiguration\.apiVersion: must be kubeproxy\.config\.k8s\.io\/v1alpha1, or be left out$/,
    ],
    [
      'with no pods',
      'kubernetes: { kubeletConfiguration: { maxPods: -20 } }',
      /kubeletConfiguration\.maxPods: must be a whole number/,
    ],
    [
      'with a repository that is a folder',
      'firecracker: { vhiveRepository: a/.. }',
      /vhiveRepository: must be the owner/,
    ],
    ['with logs of no size', 'kubernetes: { containerLogMaxSize: 0Mi }', /containerLogMaxSize: must be a size/],
    [
      'with a registry that is none',
      'registry: { insecure: ["a..b:5000"] }',
      /registry\.insecure\.0: must be a host name/,
    ],
    ['with a port that is none', 'registry: { insecure: ["a.b:99999"] }', /registry\.insecure\.0: must be a host name/],
    [
      'with caches at ports that are none',
      'registry:\n  cache: { enabled: true, firstPort: 65535, upstreams: [a.example, b.example] }',
      /^vhive\.yaml:2: registry\.cache\.firstPort: the cache of b\.example would be at port 65536/,
    ],
    [
      'with a label of too long a prefix',
      `kubernetes: { nodeLabels: { "*": { "${'a'.repeat(300)}/b": c } } }`,
      /kubernetes\.nodeLabels\.\*\..*: "a{300}\/b" must be a key of a label/,
    ],
    [
      'with labels of a node by its whole host name',
      'kubernetes:\n  nodeLabels: { node1.exp.proj.cloudlab.us: { a: b } }',
      /"node1\.exp\.proj\.cloudlab\.us" must be a DNS label.*; a node is known by the first label of its host name: node1$/,
    ],
    [
      'with patience for 30 million years',
      'limits: { giveUpAfterSeconds: 1000000000000000 }',
      /limits\.giveUpAfterSeconds: Too big/,
    ],
    [
      'with a pool beyond all disks',
      'firecracker: { thinPool: { dataGiB: 100000000 } }',
      /firecracker\.thinPool\.dataGiB: Too big/,
    ],
    ['with space beyond all disks', 'preflight: { minFreeGiB: 1e15 }', /preflight\.minFreeGiB: Too big/],
    [
      'with a tag that cannot be in an address',
      'firecracker: { vhiveRef: a//b }',
      /firecracker\.vhiveRef: must be a branch/,
    ],
    [
      'with a time server that is none',
      'extras: { chrony: { servers: ["a b"] } }',
      /extras\.chrony\.servers\.0: must be a host name/,
    ],
    [
      'with the LAN in a range',
      'lan: 10.244.7.0/24',
      /network\.podCidr: 10\.244\.0\.0\/16 overlaps with 10\.244\.7\.0\/24, the LAN/,
    ],
    [
      'with too few addresses per node',
      'kubernetes:\n  maxPods: 500\nnetwork: { podCidr: 10.50.0.0/24 }',
      /^vhive\.yaml:3: network\.podCidr: 10\.50\.0\.0\/24 has room for 0 nodes, not for 1: each gets a \/22 for kubernetes\.maxPods 500$/,
      /\/22 or shorter/,
    ],
    [
      'with more pods than a node’s part has addresses',
      'kubernetes:\n  maxPods: 300\nnetwork: { nodePrefix: 24 }',
      /^vhive\.yaml:2: kubernetes\.maxPods: a node's \/24 has addresses for 242 pods, not for 300$/,
      /set it to 23/,
    ],
    [
      'with more parts than Kubernetes makes',
      'network: { podCidr: 10.0.0.0/8, nodePrefix: 26, serviceCidr: 172.30.0.0/16 }',
      /network\.nodePrefix: 10\.0\.0\.0\/8 cannot be cut into ranges of \/26/,
      /\/10 or longer/,
    ],
    [
      'with pods where microVMs have their addresses',
      'network: { podCidr: 172.18.0.0/17 }',
      /^vhive\.yaml:1: firecracker\.clonePrefix: 172\.18\.0\.0\/16 overlaps with network\.podCidr 172\.18\.0\.0\/17/,
    ],
    [
      'with a prefix that is none',
      'firecracker:\n  vethPrefix: "300.1"',
      /^vhive\.yaml:2: firecracker\.vethPrefix: 300\.1\.0\.0\/16 is not an IPv4 range$/,
    ],
    [
      'with a prefix that YAML takes for a number',
      'firecracker:\n  vethPrefix: 172.20',
      /^vhive\.yaml:2: firecracker\.vethPrefix: must be the first two numbers of addresses, in quotes: "172\.17"$/,
    ],
    [
      'with a pool that ends before it begins',
      'loadBalancer:\n  pool: 10.0.0.9-10.0.0.3',
      /^vhive\.yaml:2: loadBalancer\.pool: 10\.0\.0\.9-10\.0\.0\.3 is not a range of addresses$/,
    ],
    [
      'with a pool among the pods, as upstream has it',
      'network: { podCidr: 192.168.0.0/16 }\nloadBalancer: { pool: 192.168.1.240-192.168.1.250 }',
      /^vhive\.yaml:2: loadBalancer\.pool: .* overlaps with network\.podCidr 192\.168\.0\.0\/16$/,
    ],
    [
      'with credentials on vHive’s command line',
      'firecracker:\n  extraFlags: ["-dockerCredentials={}"]',
      /^vhive\.yaml:2: firecracker\.extraFlags: credentials on a command line/,
      /dockerCredentialsFile/,
    ],
    [
      'with changes to a manifest that there is not',
      'manifestPatches:\n  serving-cor: []',
      /^vhive\.yaml:2: manifestPatches\.serving-cor: there is no manifest serving-cor$/,
      /^did you mean serving-core\?$/,
    ],
    [
      'with functions that nobody could call',
      'loadBalancer: { enabled: false }',
      /^vhive\.yaml:1: loadBalancer\.enabled: .*gateway of Knative gets no address/,
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
    expect(errorOf(() => fromFile('nodes: 3', { overlays: [sandbox('docker')] })).message).toMatch(
      /^--sandbox: Invalid option/,
    );
    expect(errorOf(() => fromFile('', { overlays: [said('VHIVE_NODES', 'nodes', 'many')] })).message).toMatch(
      /^VHIVE_NODES: nodes: /,
    );
    expect(
      errorOf(() => fromFile('', { overlays: [said('VHIVE_POD_CIDR', 'network.podCidr', '10.96.4.0/24')] })).message,
    ).toContain('10.96.0.0/16 overlaps with network.podCidr 10.96.4.0/24');
  });
});

describe('a combination that is not offered is refused before anything is touched', () => {
  const refused: [name: string, sources: ConfigSources, message: RegExp, hint: RegExp][] = [
    [
      'gVisor with eStargz',
      { overlays: [sandbox('gvisor'), said('--stargz', 'stargz', true)] },
      /^--stargz: gVisor and eStargz/,
      /stock-only/,
    ],
    [
      'snapshots without microVMs',
      {
        overlays: [said('VHIVE_SANDBOX', 'sandbox', 'stock-only'), said('--snapshots', 'firecracker.snapshots', true)],
      },
      /^--snapshots: snapshots are those of Firecracker/,
      /--sandbox firecracker/,
    ],
    ['REAP without microVMs', { overlays: [upf, sandbox('gvisor')] }, /^--upf: .*REAP/, /leave upf out/],
    [
      'eStargz with the legacy branch',
      { file: { path: 'f', text: `stargz: true\nfirecracker:\n  vhiveRef: ${LEGACY_VHIVE_REF}` } },
      /^f:1: stargz: the legacy branch of vHive has no eStargz/,
      /leave firecracker.vhiveRef out/,
    ],
    [
      'credentials with the legacy branch',
      {
        file: {
          path: 'f',
          text: `firecracker:\n  vhiveRef: ${LEGACY_VHIVE_REF}\n  dockerCredentialsFile: /root/c.json`,
        },
      },
      /^f:3: firecracker\.dockerCredentialsFile: the legacy branch/,
      /leave firecracker.vhiveRef out/,
    ],
    [
      'credentials that vHive would never look at',
      { file: { path: 'f', text: 'firecracker: { dockerCredentialsFile: /root/c.json }' } },
      /^f:1: firecracker\.dockerCredentialsFile: without eStargz vHive pulls images on the node, anonymously/,
      /stargz: true/,
    ],
    [
      'credentials without microVMs',
      { file: { path: 'f', text: 'sandbox: gvisor\nfirecracker: { dockerCredentialsFile: /root/c.json }' } },
      /^f:2: firecracker\.dockerCredentialsFile: /,
      /leave it out/,
    ],
    [
      'kubelets that call what vHive’s CRI lacks',
      { file: { path: 'f', text: 'kubernetes: { kubeletConfiguration: { featureGates: { EventedPLEG: true } } }' } },
      /^f:1: kubernetes\.kubeletConfiguration\.featureGates: vHive's CRI falls over/,
      /leave these gates out/,
    ],
    [
      'Calico on Kubernetes 1.20',
      { file: { path: 'f', text: `${plain}versions: { kubernetes: 1.20.2, containerd: 1.6.20 }` } },
      /network\.plugin: Calico’s manifest needs the API policy\/v1/,
      /use bridge/,
    ],
    [
      'Knative on a Kubernetes older than it takes',
      { file: { path: 'f', text: 'versions:\n  kubernetes: 1.32.1' } },
      /^f:2: versions\.knativeServing: Knative 1\.21\.2 refuses to start on Kubernetes 1\.32\.1: it needs 1\.33\.0$/,
      /1\.33\.0 or newer/,
    ],
    [
      'a kubelet that no longer speaks the CRI of vHive’s legacy branch',
      {
        file: {
          path: 'f',
          text: 'firecracker: { vhiveRef: legacy-firecracker-v0.24.0-with-upf-support }\nversions: { kubernetes: 1.33.1 }',
        },
      },
      /versions\.kubernetes: vHive of legacy\S+ speaks only CRI v1alpha2, which kubernetes 1\.33\.1 does not know any more/,
      /leave versions\.kubernetes out/,
    ],
    [
      'containerd 2 with Kubernetes 1.20',
      { file: { path: 'f', text: `${plain}versions: { kubernetes: 1.20.2 }\nnetwork: { plugin: bridge }` } },
      /versions\.containerd: containerd 2\.2\.3 no longer speaks CRI v1alpha2/,
      /1\.6 or 1\.7/,
    ],
    [
      'nftables before 1.31',
      {
        overlays: [said('--nftables', 'kubernetes.kubeProxyConfiguration.mode', 'nftables')],
        file: { path: 'f', text: `${plain}versions: { kubernetes: 1.28.4 }` },
      },
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
      { overlays: [said('--network', 'network.plugin', 'bridge'), said('--nodes', 'nodes', 250)] },
      /^--network: bridge is for up to 200 nodes, not 250$/,
      /calico/,
    ],
  ];

  it.each(refused)('%s', (_, sources, message, hint) => {
    const error = errorOf(() => resolveConfig(sources));
    expect(error).toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
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

  it('takes the bridges that vHive’s legacy branch made for its own', () => {
    const legacy = clusterFile.parse({ firecracker: { vhiveRef: LEGACY_VHIVE_REF } });
    const bridged = (address: string) =>
      at('n1', '10.1.0.1', { interfaces: [{ name: 'br0', mac: '', up: true, addresses: [address] }] });
    expect(() => checkConfig(legacy, [bridged('190.128.0.1/10')])).not.toThrow();
    expect(() => checkConfig(legacy, [bridged('190.130.7.1/24')])).toThrow('a network of n1');
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
    const arm = [at('n1', '10.1.0.1', { arch: 'arm64' })];
    expect(() =>
      checkConfig(clusterFile.parse({ sandbox: 'stock-only', ready: { smokeTest: false } }), arm),
    ).not.toThrow();
    for (const sandbox of ['firecracker', 'gvisor'] as const)
      expect(errorOf(() => checkConfig(clusterFile.parse({ sandbox }), arm))).toMatchObject({
        code: 'preflight',
        message: expect.stringContaining(`${sandbox} runs on amd64, and n1 is arm64`),
        hint: expect.stringContaining('stock-only'),
      });
  });

  it('refuses a pool that holds a node', () => {
    const pool = clusterFile.parse({ loadBalancer: { pool: '10.1.0.0/29' } });
    expect(errorOf(() => checkConfig(pool, [at('n1', '10.1.0.1')]))).toMatchObject({
      code: 'usage',
      message: 'loadBalancer.pool: 10.1.0.0/29 holds 10.1.0.1, which is the node n1',
    });
  });

  it('refuses names of nodes that there are not', () => {
    const labels = clusterFile.parse({
      kubernetes: { nodeLabels: { '*': { a: 'b' }, n7: { c: 'd' } } },
      firecracker: { buildNode: 'n8' },
    });
    const error = errorOf(() => checkConfig(labels, [at('n1', '10.1.0.1')]));
    expect(error.message).toContain('kubernetes.nodeLabels.n7: there is no node n7');
    expect(error.message).toContain('firecracker.buildNode: there is no node n8');
  });

  it('refuses what Docker has on a node, and names a value that is free; bridges of others are networks', () => {
    const cards = (name: string, address: string) => [
      { name: 'eth0', mac: '', up: true, addresses: ['10.1.0.1/24'] },
      { name, mac: '', up: true, addresses: [address] },
    ];
    const withCard = (name: string, address: string) => [at('n1', '10.1.0.1', { interfaces: cards(name, address) })];
    expect(errorOf(() => checkConfig(config, withCard('docker0', '172.17.0.1/16')))).toMatchObject({
      code: 'preflight',
      message: expect.stringMatching(/vethPrefix: 172\.17\.0\.0\/16 overlaps with Docker's network docker0.*on n1/),
      hint: expect.stringMatching(/firecracker\.vethPrefix: '172\.20'.*ip link delete docker0/),
    });
    expect(errorOf(() => checkConfig(config, withCard('br-0123456789ab', '172.18.0.1/16')))).toMatchObject({
      hint: expect.stringContaining("firecracker.clonePrefix: '172.21'"),
    });
    expect(() => checkConfig(config, withCard('docker0', '172.26.0.1/16'))).not.toThrow();
    expect(errorOf(() => checkConfig(config, withCard('br-ex', '10.244.0.1/24')))).toMatchObject({
      message: expect.stringContaining('10.244.0.0/24, a network of n1'),
    });
  });

  it('refuses nodes without an IPv4 address', () => {
    expect(errorOf(() => checkConfig(config, [at('n1', '::1')]))).toMatchObject({
      code: 'preflight',
      message: expect.stringContaining('n1 has no IPv4 address for the traffic of the cluster, only ::1'),
    });
  });

  it('refuses bridge across networks', () => {
    const bridge = clusterFile.parse({ network: { plugin: 'bridge' } });
    const error = errorOf(() => checkConfig(bridge, [at('n1', '10.1.0.1'), at('n2', '10.1.1.2')]));
    expect(error.message).toContain('n2 is not in 10.1.0.0/24');
  });

  it('refuses cgroup version 1 only where the file wants kubelets to refuse it', () => {
    const nodes = [at('n1', '10.1.0.1', { cgroupVersion: 1 })];
    const insisting = { kubernetes: { kubeletConfiguration: { failCgroupV1: true } } };
    expect(errorOf(() => checkConfig(clusterFile.parse(insisting), nodes)).message).toContain(
      'failCgroupV1: no kubelet would start on n1, which boots with cgroup version 1',
    );
    expect(() => checkConfig(config, nodes)).not.toThrow();
    expect(() =>
      checkConfig(clusterFile.parse({ ...insisting, versions: { kubernetes: '1.34.2' } }), nodes),
    ).not.toThrow();
  });
});

it('a request to the coordinator names no version of what is none of its components', () => {
  const config = clusterFile.parse({ versions: { kubernets: '1.35.3', natsServer: '2.12.3' } });
  expect(configProblems(config).map(({ field, fix }) => [field, fix?.slice(0, 24)])).toEqual([
    ['versions.kubernets', 'did you mean kubernetes?'],
    ['versions.natsServer', 'there are kubernetes, co'],
  ]);
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
