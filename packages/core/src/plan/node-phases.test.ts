import { type ClusterFile, LEGACY_VHIVE_REF, type Plan } from '@vhive/shared';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { buildPlan } from './build-plan.ts';
import { exampleInput, exampleNode } from './example-input.fixture.ts';

const planOf = (count: number, fields: ClusterFile = {}, mirror = false) =>
  buildPlan(exampleInput(count, fields, mirror));
const stepOf = (plan: Plan, id: string) => {
  const step = plan.steps.find((candidate) => candidate.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};
const paramsOf = (plan: Plan, id: string, task: string): Record<string, unknown> => {
  const found = stepOf(plan, id).tasks.find((candidate) => candidate.id === task);
  if (found === undefined) throw new Error(`no task ${task} in ${id}`);
  return found.params;
};
const ids = (plan: Plan) => plan.steps.map(({ id }) => id);
const documentOf = (plan: Plan, kind: string) =>
  (paramsOf(plan, 'control-plane/n1', 'init').configuration as { kind: string }[]).find(
    (document) => document.kind === kind,
  );
const patchOf = (plan: Plan, node: string) =>
  JSON.parse(String(paramsOf(plan, `kubelet/${node}`, 'kubelet-patch').content));

const VHIVE = 'unix:///etc/vhive-cri/vhive-cri.sock';
const CONTAINERD = 'unix:///run/containerd/containerd.sock';
const old = { kubernetes: '1.20.2', containerd: '1.6.20' };

describe('the CRI socket', () => {
  it('is vHive’s where microVMs run, and containerd’s on the master of several nodes', () => {
    const plan = planOf(2);
    expect(documentOf(plan, 'InitConfiguration')).toMatchObject({ nodeRegistration: { criSocket: CONTAINERD } });
    expect(paramsOf(plan, 'join/n2', 'join')).toMatchObject({
      criSocket: VHIVE,
      patchesDirectory: '/etc/vhive/kubeadm-patches',
    });
    expect(paramsOf(plan, 'join/n2', 'verify-kubelet').criSocket).toBe(VHIVE);
    expect([patchOf(plan, 'n1'), patchOf(plan, 'n2')]).toEqual([
      { containerRuntimeEndpoint: CONTAINERD },
      { containerRuntimeEndpoint: VHIVE },
    ]);
    expect(String(paramsOf(plan, 'kubelet/n2', 'service').content)).toContain('network-online.target vhive.service\n');
    expect(String(paramsOf(plan, 'kubelet/n1', 'service').content)).not.toContain('vhive.service');
  });

  it('is vHive’s on the only node', () => {
    const plan = planOf(1);
    expect(documentOf(plan, 'InitConfiguration')).toMatchObject({ nodeRegistration: { criSocket: VHIVE } });
    expect(documentOf(plan, 'KubeletConfiguration')).toMatchObject({ containerRuntimeEndpoint: VHIVE });
    expect(paramsOf(plan, 'control-plane/n1', 'verify-kubelet').criSocket).toBe(VHIVE);
  });

  it('is a flag of the node’s kubelet where kubeadm is too old for patches', () => {
    const plan = planOf(2, { versions: old, knative: { enabled: false } });
    expect(paramsOf(plan, 'join/n2', 'join')).toMatchObject({ criSocket: VHIVE.slice(7), patchesDirectory: null });
    const settings = (node: string) => String(paramsOf(plan, `kubelet/${node}`, 'settings').content);
    expect(settings('n1')).toContain(`--container-runtime-endpoint=${CONTAINERD} `);
    expect(settings('n2')).toContain(`--container-runtime-endpoint=${VHIVE} `);
  });

  it.each(['gvisor', 'stock-only'] as const)('is containerd’s with %s', (sandbox) => {
    const plan = planOf(2, { sandbox });
    expect(paramsOf(plan, 'join/n2', 'join').criSocket).toBe(CONTAINERD);
    expect(ids(plan).filter((id) => /^(vhive|firecracker|thin-pool)/.test(id))).toEqual([]);
  });
});

describe('sizes of kubelets', () => {
  const kubernetes = { maxPods: 500, containerLogMaxSize: '512Mi' };

  it('are patched into the configuration of each, and nodes get ranges to match', () => {
    const plan = planOf(2, { kubernetes });
    expect(patchOf(plan, 'n2')).toMatchObject(kubernetes);
    expect(documentOf(plan, 'KubeletConfiguration')).not.toHaveProperty('maxPods');
    expect(documentOf(plan, 'ClusterConfiguration')).toMatchObject({
      controllerManager: { extraArgs: [{ name: 'node-cidr-mask-size', value: '22' }] },
    });
  });

  it('are fields of all nodes’ configuration before patches were', () => {
    const plan = planOf(2, { kubernetes, versions: old, knative: { enabled: false } });
    expect(documentOf(plan, 'KubeletConfiguration')).toMatchObject(kubernetes);
    expect(documentOf(plan, 'ClusterConfiguration')).toMatchObject({
      controllerManager: { extraArgs: { 'node-cidr-mask-size': '22' } },
    });
  });
});

it('kube-proxy answers no ARP for addresses of MetalLB', () => {
  const strict = { ipvs: { strictARP: true } };
  expect(documentOf(planOf(1), 'KubeProxyConfiguration')).toMatchObject(strict);
  const kubeProxyConfiguration = { mode: 'ipvs', ipvs: { scheduler: 'lc' } };
  expect(documentOf(planOf(1, { kubernetes: { kubeProxyConfiguration } }), 'KubeProxyConfiguration')).toMatchObject({
    mode: 'ipvs',
    ipvs: { scheduler: 'lc', strictARP: true },
  });
  expect(documentOf(planOf(1, { loadBalancer: { enabled: false } }), 'KubeProxyConfiguration')).not.toHaveProperty(
    'ipvs',
  );
});

describe('microVMs', () => {
  it('are for workers, whose hosts alone need KVM and room for the pool', () => {
    const plan = planOf(2, { firecracker: { thinPool: { dataGiB: 20 } } });
    expect(paramsOf(plan, 'preflight-host/n1', 'host')).toMatchObject({ needsKvm: false, thinPool: null });
    expect(paramsOf(plan, 'preflight-host/n2', 'host')).toMatchObject({
      needsKvm: true,
      thinPool: { dataBytes: 20 * 1024 ** 3 },
    });
    expect(paramsOf(plan, 'thin-pool/n2', 'pool')).toMatchObject({ dataBytes: 20 * 1024 ** 3 });
    expect(ids(plan)).not.toContain('firecracker/n1');
  });

  it('wait for nothing that they do not need', () => {
    const plan = planOf(2);
    expect(stepOf(plan, 'thin-pool/n2').needs).toEqual(['system/n2']);
    expect(stepOf(plan, 'vhive-build/n1').needs.filter((id) => !id.startsWith('artifacts/'))).toEqual(['system/n1']);
    expect(stepOf(plan, 'runtime/n2').needs.filter((id) => !id.startsWith('artifacts/'))).toEqual(['system/n2']);
    expect(stepOf(plan, 'kubelet/n2').needs).toEqual(['kubernetes/n2', 'vhive/n2']);
    expect(stepOf(plan, 'kubelet/n1').needs).toEqual(['kubernetes/n1']);
  });

  it('of the legacy branch boot the kernel it names, and vHive is compiled with its Go', () => {
    const plan = planOf(2, { firecracker: { vhiveRef: LEGACY_VHIVE_REF } });
    expect(ids(plan)).toContain('artifacts/hello-vmlinux-amd64');
    expect(ids(plan)).not.toContain('artifacts/vhive-kernel-amd64');
    // The legacy branch speaks CRI v1alpha2 only.
    expect(paramsOf(plan, 'control-plane/n1', 'init').kubernetesVersion).toBe('1.25.9');
    expect(parse(String(paramsOf(plan, 'runtime/n2', 'configuration').content)).version).toBe(2);
    expect(String(paramsOf(plan, 'kubelet/n2', 'settings').content)).toContain(
      `--container-runtime-endpoint=${VHIVE} `,
    );
    expect(paramsOf(plan, 'artifacts/vhive-tree', 'tree')).toMatchObject({ generation: 'legacy', go: null });
  });

  it('are made of what vHive’s source asks for, once it was read', () => {
    const plan = planOf(2, { firecracker: { vhiveRepository: 'me/vHive', vhiveRef: 'my-branch', upf: true } });
    const told = (key: string, within: string) => ({
      $output: { step: 'artifacts/vhive-tree', task: 'tree', key, within },
    });
    expect(paramsOf(plan, 'artifacts/vhive-tree', 'tree')).toMatchObject({
      name: 'me/vHive my-branch',
      source: { $output: { step: 'artifacts/vhive-source-amd64' } },
      generation: 'current',
      flags: ['snapshots', 'upf', 'lazy', 'hostIface', 'netPoolSize', 'vethPrefix', 'clonePrefix'],
    });
    expect(paramsOf(plan, 'artifacts/vhive-source-amd64', 'fetch').url).toBe(
      'https://github.com/me/vHive/archive/my-branch.tar.gz',
    );
    const go = 'https://dl.google.com/go/go{value}.linux-amd64.tar.gz';
    expect(paramsOf(plan, 'artifacts/go-amd64', 'fetch')).toMatchObject({
      version: told('go', '{value}'),
      url: told('go', go),
      checksum: { type: 'file', url: told('go', `${go}.sha256`) },
    });
    const bin = 'githubusercontent.com';
    expect(paramsOf(plan, 'artifacts/vhive-kernel-amd64', 'fetch')).toMatchObject({
      url: told('kernel', `https://media.${bin}/media/me/vHive/my-branch/bin/{value}`),
      checksum: { type: 'git-lfs', url: told('kernel', `https://raw.${bin}/me/vHive/my-branch/bin/{value}`) },
    });
    const own = planOf(2, { versions: { go: '1.27.1' } });
    expect(paramsOf(own, 'artifacts/vhive-tree', 'tree').go).toBe('1.27.1');
    expect(paramsOf(own, 'artifacts/go-amd64', 'fetch').url).toBe(
      'https://dl.google.com/go/go1.27.1.linux-amd64.tar.gz',
    );
  });

  it('come from a checkout on the control plane, where there is one', () => {
    const plan = planOf(2, { firecracker: { vhiveTree: '/root/vHive' } });
    expect(paramsOf(plan, 'artifacts/vhive-source-amd64', 'fetch').path).toBe('/root/vHive');
    expect(paramsOf(plan, 'artifacts/firecracker-amd64', 'fetch').path).toBe('/root/vHive/bin/firecracker');
    expect(paramsOf(plan, 'artifacts/vhive-kernel-amd64', 'fetch').path).toEqual({
      $output: { step: 'artifacts/vhive-tree', task: 'tree', key: 'kernel', within: '/root/vHive/bin/{value}' },
    });
    expect(paramsOf(plan, 'artifacts/vhive-tree', 'tree').tree).toBe('/root/vHive');
    expect(JSON.stringify(plan.steps)).not.toMatch(/media\.githubusercontent\.com|\/archive\//);
  });

  it('are tried before Kubernetes is set up, where asked for', () => {
    const plan = planOf(2, { firecracker: { smokeBoot: true } }, true);
    expect(stepOf(plan, 'kubelet/n2').needs).toContain('microvm-boot/n2');
    expect(stepOf(plan, 'microvm-boot/n2').needs).toContain(
      'artifacts/archive-docker.io-library-hello-world-latest-amd64',
    );
  });
});

describe('vHive', () => {
  it('is compiled on one node, and the others fetch it', () => {
    const plan = planOf(3, { firecracker: { buildNode: 'n3' } });
    expect(ids(plan).filter((id) => id.startsWith('vhive-build'))).toEqual(['vhive-build/n3']);
    expect(paramsOf(plan, 'vhive/n2', 'binary').artifact).toEqual({
      $output: { step: 'vhive-build/n3', task: 'publish', key: 'artifact' },
    });
  });

  it('takes credentials sealed for each node, and no plan holds more than their path', () => {
    const plan = planOf(3, { stargz: true, firecracker: { dockerCredentialsFile: '/root/credentials.json' } });
    // There is one message per node, because the secrets of a thousand nodes would not fit into one.
    expect(ids(plan).filter((id) => id.startsWith('vhive-credentials'))).toEqual([
      'vhive-credentials/n2',
      'vhive-credentials/n3',
    ]);
    expect(stepOf(plan, 'vhive-credentials/n3')).toMatchObject({ executor: 'n1', policy: { onFailure: 'fail-run' } });
    expect(paramsOf(plan, 'vhive-credentials/n3', 'seal').recipients).toEqual({ n3: exampleNode('n3', 2).sealingKey });
    expect(paramsOf(plan, 'vhive/n3', 'credentials')).toMatchObject({
      sealed: { $output: { step: 'vhive-credentials/n3', task: 'seal', key: 'sealed', entry: 'n3' } },
      template: 'VHIVE_DOCKER_CREDENTIALS={base64}\n',
    });
    const { overlay } = paramsOf(plan, 'vhive-build/n1', 'build') as { overlay: Record<string, string> };
    expect(Object.keys(overlay)).toEqual(['docker_credentials_from_environment.go']);
    expect(paramsOf(planOf(2), 'vhive-build/n1', 'build').overlay).toEqual({});
  });
});

describe('registries', () => {
  const cache = { enabled: true, upstreams: ['docker.io', 'ghcr.io'], firstPort: 6000 };
  const hosts = (plan: Plan, task: string) => {
    const { path, content } = paramsOf(plan, 'runtime/n2', task);
    return { path, content: parse(String(content)) };
  };

  it('of the cluster speaks plain HTTP', () => {
    expect(hosts(planOf(2), 'registry-docker-registry-registry-svc-cluster-local-5000')).toEqual({
      path: '/etc/containerd/certs.d/docker-registry.registry.svc.cluster.local:5000/hosts.toml',
      content: {
        server: 'http://docker-registry.registry.svc.cluster.local:5000',
        host: {
          'http://docker-registry.registry.svc.cluster.local:5000': { capabilities: ['pull', 'resolve'] },
        },
      },
    });
  });

  it('that the mirror has images of are asked last, after the coordinator and a cache', () => {
    const input = exampleInput(2, { registry: { cache, insecure: ['registry.example:5000'] } }, true);
    const mirrorImages = ['docker.io/library/nginx:1', 'registry.example:5000/a/b:1'];
    const plan = buildPlan({ ...input, mirrorImages });
    const asked = (task: string) => Object.entries(hosts(plan, task).content.host as object);
    const coordinator = { capabilities: ['pull', 'resolve'], ca: '/etc/vhive/coordinator-ca.pem' };
    expect(asked('registry-docker-io')).toEqual([
      ['https://10.10.0.1:7443', coordinator],
      ['http://10.10.0.1:6000', { capabilities: ['pull', 'resolve'] }],
    ]);
    expect(asked('registry-registry-example-5000')).toEqual([
      ['https://10.10.0.1:7443', coordinator],
      ['http://registry.example:5000', { capabilities: ['pull', 'resolve'] }],
    ]);
    expect(asked('registry-ghcr-io'), 'the mirror has none of it').toHaveLength(1);
    expect(paramsOf(plan, 'runtime/n2', 'coordinator-ca').content).toBe('the CA');
    expect(ids(plan).filter((id) => id.includes('/registry-gcr-io'))).toEqual([]);
  });

  it('with a cache are asked themselves where the cache does not answer', () => {
    const plan = planOf(2, { registry: { cache } });
    expect(hosts(plan, 'registry-docker-io').content).toEqual({
      server: 'https://registry-1.docker.io',
      host: { 'http://10.10.0.1:6000': { capabilities: ['pull', 'resolve'] } },
    });
    expect(JSON.parse(String(paramsOf(plan, 'registry-cache/n1', 'configuration-ghcr-io').content))).toMatchObject({
      http: { addr: '10.10.0.1:6001' },
      proxy: { remoteurl: 'https://ghcr.io' },
      storage: { filesystem: { rootdirectory: '/var/lib/vhive-registry-cache/ghcr.io' } },
    });
    const kubernetes = stepOf(plan, 'kubernetes/n2');
    expect([kubernetes.needs.includes('registry-cache/n1'), kubernetes.after]).toEqual([false, ['registry-cache/n1']]);
  });
});

describe('images loaded beforehand', () => {
  const preload = ['ghcr.io/ease-lab/pyaes:var_workload'];

  const byDigest = `gcr.io/knative-releases/queue@sha256:${'d'.repeat(64)}`;
  const mirrorImages = [
    'ghcr.io/ease-lab/helloworld:var_workload',
    'registry.k8s.io/pause:3.10.1',
    byDigest,
    ...preload,
  ];
  const loaded = (plan: Plan) => stepOf(plan, 'images/n2').tasks.map(({ title }) => title);

  it('are those asked for, and those of the mirror that nodes cannot pull', () => {
    const plan = buildPlan({ ...exampleInput(2, { images: { preload } }, true), mirrorImages });
    expect(loaded(plan)).toEqual([...preload, byDigest]);
    expect(paramsOf(plan, 'kubernetes/n2', 'image-pause').archive).toBe(null);
    expect(paramsOf(plan, 'artifacts/archive-ghcr.io-ease-lab-pyaes-var-workload-amd64', 'fetch').optional).toBe(false);
    expect(
      plan.steps.filter(({ needs }) => needs.includes('images/n2')).map(({ id }) => id),
      'what cannot do without them',
    ).toEqual([]);
  });

  it('are not those that the mirror has as published, which can be pulled by digest', () => {
    const published = { mirrorImages, publishedImages: [byDigest] };
    expect(loaded(buildPlan({ ...exampleInput(2, { images: { preload } }, true), ...published }))).toEqual(preload);
  });

  it('are the same with the stargz snapshotter', () => {
    const fields = { sandbox: 'stock-only', stargz: true, images: { preload } } as const;
    const plan = buildPlan({ ...exampleInput(2, fields, true), mirrorImages });
    expect(loaded(plan)).toEqual([...preload, byDigest]);
    expect(paramsOf(plan, 'kubernetes/n2', 'image-pause').archive).toBe(null);
  });

  it('are none by default', () => {
    expect(ids(planOf(2, {}, true)).filter((id) => id.startsWith('images/'))).toEqual([]);
  });
});

describe('the image server', () => {
  const server = { urls: ['https://10.10.0.1:7444', 'https://10.10.0.1:7443'], ca: 'the CA' };
  const command = ['/opt/50% of it/vhive-coord', 'serve-images', '--mirror', '/srv/mirror'];

  it('stays on the coordinator’s host, and is asked before the coordinator', () => {
    const input = { ...exampleInput(2, {}, true), imageServer: { ...server, service: { node: 'n1', command } } };
    const plan = buildPlan(input);
    expect(ids(plan).filter((id) => id.startsWith('image-server/'))).toEqual(['image-server/n1']);
    expect(String(paramsOf(plan, 'image-server/n1', 'service').content)).toContain(
      '\nExecStart="/opt/50%% of it/vhive-coord" serve-images --mirror /srv/mirror\n',
    );
    const { host } = parse(String(paramsOf(plan, 'runtime/n2', 'registry-registry-k8s-io').content));
    expect(Object.keys(host as object)).toEqual(server.urls);
  });

  it('is not there where the coordinator itself goes on, or where there is no mirror', () => {
    const none = (input: Parameters<typeof buildPlan>[0]) =>
      ids(buildPlan(input)).filter((id) => /^image-server/.test(id));
    expect(none({ ...exampleInput(2, {}, true), imageServer: server })).toEqual([]);
    expect(none(exampleInput(2))).toEqual([]);
  });
});

describe('for experiments', () => {
  const tuning = { smt: false, turbo: false, transparentHugePages: 'never', numaBalancing: false } as const;

  it('nodes are tuned before their kubelets start, and not at all by default', () => {
    const plan = planOf(2, { extras: { tuning } });
    expect(stepOf(plan, 'kubelet/n2').needs).toContain('tuning/n2');
    expect(paramsOf(plan, 'tuning/n2', 'sysfs').settings).toContainEqual({
      title: 'turbo off',
      paths: [
        { path: '/sys/devices/system/cpu/intel_pstate/no_turbo', value: '1' },
        { path: '/sys/devices/system/cpu/cpufreq/boost', value: '0' },
      ],
    });
    expect(ids(planOf(2)).filter((id) => /^(tuning|chrony)/.test(id))).toEqual([]);
  });

  it('clocks follow the servers, the first preferred', () => {
    const plan = planOf(1, { extras: { chrony: { enabled: true, servers: ['ops.emulab.net', '10.0.0.1:1123'] } } });
    expect(String(paramsOf(plan, 'chrony/n1', 'configuration').content)).toContain(
      'server ops.emulab.net iburst prefer\nserver 10.0.0.1 port 1123 iburst\n',
    );
  });
});

describe('the last look', () => {
  it('comes after the wait for pods, with a test function or without, and looks at every service of a node', () => {
    const plan = planOf(2, { stargz: true, ready: { smokeTest: false } });
    expect(stepOf(plan, 'inspection/n2').after).toEqual(['nodes-ready/n2', 'ready-pods/n1']);
    expect(paramsOf(plan, 'inspection/n2', 'inspect').units).toEqual([
      ...['containerd.service', 'vhive-thin-pool.service', 'vhive-microvm-network.service'],
      ...['firecracker-containerd.service', 'http-address-resolver.service', 'demux-snapshotter.service'],
      ...['vhive.service', 'kubelet.service'],
    ]);
    expect(paramsOf(plan, 'inspection/n1', 'inspect').units).toEqual(['containerd.service', 'kubelet.service']);
  });
});

describe('gVisor', () => {
  it.each([1, 2] as const)('on a host with cgroup version %i', (cgroupVersion) => {
    const { nodes, ...input } = exampleInput(2, { sandbox: 'gvisor' });
    const hosts = nodes.map((node) => ({ ...node, facts: { ...node.facts, cgroupVersion } }));
    const plan = buildPlan({ ...input, nodes: hosts, controlPlane: hosts[0] ?? input.controlPlane });
    const { content = '' } = paramsOf(plan, 'runtime/n2', 'configuration') as { content?: string };
    // Systemd makes the cgroups only with version 2: runsc refuses to leave cgroups of version 1 to systemd.
    expect(content.includes('ConfigPath = "/etc/containerd/runsc.toml"')).toBe(cgroupVersion === 2);
    const flags = 'systemd-cgroup = "true"';
    expect(JSON.stringify(stepOf(plan, 'gvisor/n2').tasks).includes(JSON.stringify(flags).slice(1, -1))).toBe(
      cgroupVersion === 2,
    );
  });
});
