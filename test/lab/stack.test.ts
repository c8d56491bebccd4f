import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { displayed, makeBroker, sendEvent } from './cluster/events.ts';
import { call, makeFunction, podsOfFunction } from './cluster/functions.ts';
import type { JsonRun } from './cluster/json-run.ts';
import { LabCluster } from './cluster/lab-cluster.ts';
import { functionsGateway, hostState } from './cluster/stack.ts';

// These tests set up the whole stack on three hosts: MetalLB, Istio, Knative, the image registry, chrony. Each test
// begins where the one before it ended. The sandbox of nodes that have joined stays as it is, so firecracker is tried
// before any node has.

let cluster: LabCluster;
let run: JsonRun;

const upAgain = async (...words: string[]) => await (await cluster.up(...words)).outcome();

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(3, 'full');
  await cluster.set(['extras'], {
    chrony: { enabled: true, servers: ['192.0.2.1'] },
    tuning: { transparentHugePages: 'never', numaBalancing: false },
    metricsServer: true,
  });
  await cluster.set(['kubernetes', 'kubeconfigOnWorkers'], true);
  await cluster.set(['kubernetes', 'nodeLabels'], {
    '*': { experiment: 'lab' },
    'host-2': { 'loader-nodetype': 'worker' },
  });
});

afterAll(() => cluster.down());

describe('firecracker', () => {
  it('is refused on hosts without KVM', async () => {
    await cluster.set(['sandbox'], 'firecracker');
    const { exitCode, result, stderr } = await upAgain();
    expect(result).toMatchObject({ outcome: 'refused', exitCode: 3 });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/host-2.*\n?.*\/dev\/kvm/);
  });

  it('with the refusal ignored comes as far as the thin pool, and the network of microVMs stands', async () => {
    await cluster.set(['preflight', 'ignore'], ['kernel', 'kvm', 'thin-pool space']);
    await cluster.set(['firecracker'], { vhiveRef: 'standin' });
    const { result, stderr } = await upAgain('--until', 'firecracker');
    expect(result).toMatchObject({ outcome: 'failed', exitCode: 4 });
    expect(stderr).toContain('/dev/mapper/control');
    const read = (path: string) => cluster.run('host-2', ['cat', path]);
    expect(await read('/etc/firecracker-containerd/config.toml')).toContain('pool_name = "fc-dev-thinpool"');
    expect(JSON.parse(await read('/etc/containerd/firecracker-runtime.json'))).toMatchObject({
      firecracker_binary_path: '/usr/local/bin/firecracker',
      kernel_image_path: '/var/lib/firecracker-containerd/runtime/hello-vmlinux.bin',
    });
    expect(await cluster.run('host-2', ['nft', 'list', 'table', 'ip', 'vhive'])).toContain('masquerade');
  });

  it('can be left again for what works there', async () => {
    for (const [field, value] of [
      ['sandbox', 'stock-only'],
      ['firecracker', {}],
    ] as const)
      await cluster.set([field], value);
    await cluster.set(['preflight', 'ignore'], []);
    run = await cluster.up();
    const { result, stderr } = await run.outcome();
    expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
  });
});

describe('up', () => {
  it('ends with a function that answered through the gateway', async () => {
    const { exitCode, result, stderr } = await run.outcome();
    expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    expect(exitCode).toBe(0);
    expect(result.smokeTest?.reply).toMatch(/^Hello, /);
    expect(result.gateway).toBe(await functionsGateway(cluster));
    const phases = result.phases?.map(({ phase }) => phase);
    for (const phase of [
      'load-balancer',
      'istio',
      'serving',
      'ingress',
      'registry',
      'eventing',
      'metrics-server',
      'ready',
    ])
      expect(phases).toContain(phase);
    process.stderr.write(`phases: ${result.phases?.map(({ phase, seconds }) => `${phase} ${seconds} s`).join(', ')}\n`);
    const functions = await cluster.kubectl('get', 'services.serving.knative.dev', '--all-namespaces', '--output=name');
    expect(functions, 'it is removed again').toBe('');
  });

  it('changes nothing the second time', async () => {
    const { result, stderr } = await upAgain();
    expect(result, stderr).toMatchObject({ outcome: 'ready', changed: 0 });
    expect(result.smokeTest?.reply).toMatch(/^Hello, /);
  });
});

describe('a function', () => {
  it('is called through the gateway, goes to zero, and is there again for the next call', async () => {
    await makeFunction(cluster, 'greeter', { 'autoscaling.knative.dev/window': '6s' });
    expect(await call(cluster, 'greeter', 'lab')).toBe('Hello, lab!');
    await expect.poll(() => podsOfFunction(cluster, 'greeter'), { timeout: 120_000, interval: 1_000 }).toEqual([]);
    const startedAt = performance.now();
    expect(await call(cluster, 'greeter', 'again')).toBe('Hello, again!');
    process.stderr.write(`from zero: ${Math.round(performance.now() - startedAt)} ms\n`);
    expect(await podsOfFunction(cluster, 'greeter')).not.toEqual([]);
    await cluster.kubectl('delete', 'services.serving.knative.dev', 'greeter');
  });

  it('has more than one pod once more calls came at once than one pod may take', async () => {
    await makeFunction(cluster, 'busy', { 'autoscaling.knative.dev/window': '20s' }, { containerConcurrency: 1 });
    const answers = await Promise.all(Array.from({ length: 4 }, () => call(cluster, 'busy', 'sleep 5s')));
    expect(answers).toHaveLength(4);
    expect((await podsOfFunction(cluster, 'busy')).length).toBeGreaterThan(1);
    await cluster.kubectl('delete', 'services.serving.knative.dev', 'busy');
  });
});

describe('an event', () => {
  it('goes through a broker to the function that asked for it', async () => {
    await makeBroker(cluster);
    expect(await sendEvent(cluster, 'out-of-the-lab')).toBe('202');
    await expect.poll(() => displayed(cluster), { timeout: 60_000, interval: 1_000 }).toContain('out-of-the-lab');
  });
});

describe('the image registry in the cluster', () => {
  const image = 'docker-registry.registry.svc.cluster.local:5000/lab/hello:1';
  const pause = 'registry.k8s.io/pause:3.10.1';

  it('takes an image from a node by name, and the other node runs a pod of it', async () => {
    await cluster.run('host-1', ['ctr', '--namespace=k8s.io', 'images', 'tag', pause, image]);
    await cluster.run('host-1', ['ctr', '--namespace=k8s.io', 'images', 'push', '--plain-http', image]);
    const catalog = 'http://docker-registry.registry.svc.cluster.local:5000/v2/_catalog';
    expect(JSON.parse(await cluster.run('host-2', ['curl', '--silent', catalog]))).toEqual({
      repositories: ['lab/hello'],
    });
    await cluster.kubectl('run', 'hello', `--image=${image}`, '--image-pull-policy=Always');
    await cluster.kubectl('wait', 'pod/hello', '--for=condition=Ready', '--timeout=60s');
    const pulled = await cluster.kubectl('get', 'events', '--field-selector=reason=Pulled,involvedObject.name=hello');
    expect(pulled).toContain('Successfully pulled image');
    await cluster.kubectl('delete', 'pod', 'hello', '--wait=true');
  });
});

describe('what the extras ask for', () => {
  it('lets kubectl top tell what nodes and pods use', async () => {
    // metrics-server answers for a node once it has asked its kubelet twice, which takes it half a minute.
    const nodes = () => cluster.kubectl('top', 'nodes', '--no-headers').catch(String);
    const used = String.raw`\s+[1-9]\d*m\s+\d+%\s+[1-9]\d*Mi\s+\d+% *`;
    const all = new RegExp(['host-1', 'host-2', 'host-3'].map((name) => `^${name}${used}$`).join('\n'), 'm');
    await expect.poll(nodes, { timeout: 90_000, interval: 1_000 }).toMatch(all);
    const pods = await cluster.kubectl('top', 'pods', '--all-namespaces', '--no-headers');
    expect(pods).toMatch(/^kube-system +kube-apiserver-host-1 +[1-9]\d*m +[1-9]\d*Mi/m);
    expect(pods).toMatch(/^knative-serving +activator-\S+ +\d+m +[1-9]\d*Mi/m);
  });

  it('labels nodes and lets root of a worker use kubectl', async () => {
    const labels = 'jsonpath={.items[*].metadata.labels.experiment} {.items[*].metadata.labels.loader-nodetype}';
    expect(await cluster.run('host-2', ['kubectl', 'get', 'nodes', '-o', labels])).toBe('lab lab lab worker');
    expect(await cluster.run('host-2', ['stat', '--format=%a %U', '/root/.kube/config'])).toBe('600 root');
  });

  it('runs chrony with the servers given, and leaves to the machine what is the machine’s', async () => {
    for (const name of ['host-1', 'host-2']) {
      expect(await cluster.run(name, ['systemctl', 'is-active', 'chrony'])).toBe('active');
      expect(await cluster.run(name, ['chronyc', '-n', 'sources'])).toContain('192.0.2.1');
    }
    expect(await cluster.run('host-2', ['cat', '/etc/tmpfiles.d/vhive-tuning.conf'])).toMatch(
      /^# This host is a container/m,
    );
  });
});

describe('a worker that is rebooted', () => {
  it('is what it was, without the coordinator', async () => {
    expect(await cluster.shell('host-1', 'pgrep --exact nats-server || echo none')).toBe('none');
    const before = await hostState(cluster, 'host-2');
    await cluster.reboot('host-2');
    const boot = await cluster.run('host-2', ['cat', '/proc/sys/kernel/random/boot_id']);
    const seen = () =>
      cluster.kubectl(
        'get',
        'node',
        'host-2',
        '-o',
        'jsonpath={.status.nodeInfo.bootID} {.status.conditions[-1:].status}',
      );
    await expect.poll(() => seen().catch(String), { timeout: 120_000, interval: 1_000 }).toBe(`${boot} True`);
    await expect
      .poll(() => hostState(cluster, 'host-2').catch(String), { timeout: 60_000, interval: 1_000 })
      .toEqual(before);
    for (const part of ['docker-registry.registry.svc.cluster.local', 'table ip vhive'])
      expect(before.join('\n')).toContain(part);
    await cluster.kubectl(
      'wait',
      'deployment',
      '--all',
      '--all-namespaces',
      '--for=condition=Available',
      '--timeout=120s',
    );
    const { result, stderr } = await upAgain();
    expect(result, stderr).toMatchObject({ outcome: 'ready', changed: 0 });
    expect(result.smokeTest?.reply).toMatch(/^Hello, /);
  });
});
