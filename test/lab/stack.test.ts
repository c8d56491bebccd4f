import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { displayed, makeBroker, sendEvent } from './cluster/events.ts';
import {
  call,
  callAt,
  callWithin,
  greeterImage,
  makeFunction,
  placeOf,
  podsOfFunction,
  removeFunction,
} from './cluster/functions.ts';
import type { JsonRun } from './cluster/json-run.ts';
import { LabCluster } from './cluster/lab-cluster.ts';
import {
  fetchOnlyWhatIsRead,
  lazyImage,
  lazyImageBytes,
  lazyMounts,
  pushWholeImage,
  sentBytes,
  wholeImage,
} from './cluster/lazy-image.ts';
import { podsOf } from './cluster/pods.ts';
import { startPrivateRegistry } from './cluster/private-registry.ts';
import { functionsGateway, hostState } from './cluster/stack.ts';
import { callSteadily } from './cluster/steady-calls.ts';

// These tests set up the whole stack on three hosts: MetalLB, Istio, Knative, the image registry, chrony. Each test
// begins where the one before it ended. The sandbox of nodes that have joined stays as it is, so firecracker is tried
// before any node has.

let cluster: LabCluster;
let run: JsonRun;

const names = ['host-1', 'host-2', 'host-3'];

/** Waits until Kubernetes knows a host's present boot as Ready. Before, it shows what the node was. */
async function untilReady(name: string): Promise<void> {
  const boot = await cluster.run(name, ['cat', '/proc/sys/kernel/random/boot_id']);
  const state = 'jsonpath={.status.nodeInfo.bootID} {.status.conditions[-1:].status}';
  await expect
    .poll(() => cluster.kubectl('get', 'node', name, '-o', state).catch(String), { timeout: 120_000, interval: 1_000 })
    .toBe(`${boot} True`);
}

const untilAvailable = () =>
  cluster.kubectl('wait', 'deployment', '--all', '--all-namespaces', '--for=condition=Available', '--timeout=120s');

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
  it('is refused where the mirror lacks what it needs', async () => {
    await cluster.set(['sandbox'], 'firecracker');
    const { result } = await upAgain();
    expect(result).toMatchObject({
      code: 'usage',
      exitCode: 2,
      message: expect.stringContaining('the mirror has no firecracker'),
    });
  });

  it('is refused on hosts without KVM', async () => {
    await cluster.set(['firecracker'], { vhiveRef: 'standin' });
    const { exitCode, result, stderr } = await upAgain();
    expect(result).toMatchObject({ outcome: 'refused', exitCode: 3 });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/host-2.*\n?.*\/dev\/kvm/);
  });

  it('with the refusal ignored comes as far as the thin pool, and the network of microVMs stands', async () => {
    await cluster.set(['preflight', 'ignore'], ['kernel', 'kvm', 'thin-pool space']);
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
    await makeFunction(cluster, 'greeter', { annotations: { 'autoscaling.knative.dev/window': '6s' } });
    expect(await call(cluster, 'greeter', 'lab')).toBe('Hello, lab!');
    await expect.poll(() => podsOfFunction(cluster, 'greeter'), { timeout: 120_000, interval: 1_000 }).toEqual([]);
    const startedAt = performance.now();
    expect(await call(cluster, 'greeter', 'again')).toBe('Hello, again!');
    process.stderr.write(`from zero: ${Math.round(performance.now() - startedAt)} ms\n`);
    expect(await podsOfFunction(cluster, 'greeter')).not.toEqual([]);
    await removeFunction(cluster, 'greeter');
  });

  it('has more than one pod once more calls came at once than one pod may take', async () => {
    await makeFunction(cluster, 'busy', {
      annotations: { 'autoscaling.knative.dev/window': '20s' },
      spec: { containerConcurrency: 1 },
    });
    const answers = await Promise.all(Array.from({ length: 4 }, () => call(cluster, 'busy', 'sleep 5s')));
    expect(answers).toHaveLength(4);
    expect((await podsOfFunction(cluster, 'busy')).length).toBeGreaterThan(1);
    await removeFunction(cluster, 'busy');
  });

  it('of two revisions gets 70 and 30 of a hundred calls, and a tag leads to one of them', async () => {
    await makeFunction(cluster, 'split', { revision: 'split-one' });
    const traffic = [
      { revisionName: 'split-one', percent: 70 },
      { revisionName: 'split-two', percent: 30, tag: 'new' },
    ];
    await makeFunction(cluster, 'split', { revision: 'split-two', traffic });
    const [place, tagged] = [await placeOf(cluster, 'split'), await placeOf(cluster, 'split', 'new')];
    const revisionAt = async (where: typeof place) => (await callAt(where, 'host')).split('-deployment-')[0];
    // The gateway learns of the new parts a moment after the function is Ready.
    await expect.poll(() => revisionAt(place), { timeout: 30_000, interval: 50 }).toBe('split-two');
    const revisions: Record<string, number> = {};
    for (let calls = 0; calls < 200; calls += 1) {
      const revision = (await revisionAt(place)) ?? '';
      revisions[revision] = (revisions[revision] ?? 0) + 1;
    }
    process.stderr.write(`70 and 30 of a hundred, of 200 calls: ${JSON.stringify(revisions)}\n`);
    expect(Object.keys(revisions).sort()).toEqual(['split-one', 'split-two']);
    // More than four standard deviations (6.5 calls) on either side.
    expect(Math.abs((revisions['split-one'] ?? 0) - 140)).toBeLessThan(30);
    for (let calls = 0; calls < 10; calls += 1) expect(await revisionAt(tagged)).toBe('split-two');
    await removeFunction(cluster, 'split');
  });

  it('that is for the cluster alone answers within, and the gateway for others does not know it', async () => {
    const labels = { 'networking.knative.dev/visibility': 'cluster-local' };
    await makeFunction(cluster, 'inner', { labels });
    const place = await placeOf(cluster, 'inner');
    expect(place.authority).toBe('inner.default.svc.cluster.local');
    await expect
      .poll(() => callWithin(cluster, 'inner', 'lab'), { timeout: 60_000, interval: 1_000 })
      .toContain('Hello, lab!');
    await expect(callAt(place, 'lab', 3_000)).rejects.toThrow('UNIMPLEMENTED');
    await removeFunction(cluster, 'inner');
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
  it('is what it was, without the coordinator, and calls of a function go on or come back', async () => {
    expect(await cluster.shell('host-1', 'pgrep --exact nats-server || echo none')).toBe('none');
    const before = await hostState(cluster, 'host-2');
    await makeFunction(cluster, 'steady', { annotations: { 'autoscaling.knative.dev/min-scale': '2' } });
    const seen = await callSteadily(await placeOf(cluster, 'steady'), () => cluster.reboot('host-2'), 240_000);
    const { calls, lost, longestGapMs } = seen;
    process.stderr.write(`a worker rebooted: ${lost} of ${calls} calls lost, ${longestGapMs} ms without an answer\n`);
    await untilReady('host-2');
    await expect
      .poll(() => hostState(cluster, 'host-2').catch(String), { timeout: 60_000, interval: 1_000 })
      .toEqual(before);
    for (const part of ['docker-registry.registry.svc.cluster.local', 'table ip vhive'])
      expect(before.join('\n')).toContain(part);
    await untilAvailable();
    const { result, stderr } = await upAgain();
    expect(result, stderr).toMatchObject({ outcome: 'ready', changed: 0 });
    expect(result.smokeTest?.reply).toMatch(/^Hello, /);
  }, 480_000);
});

describe('all hosts rebooted at once', () => {
  it('come back with their functions, without a hand', async () => {
    const place = await placeOf(cluster, 'steady');
    const startedAt = performance.now();
    const seconds = () => Math.round((performance.now() - startedAt) / 1000);
    await Promise.all(names.map((name) => cluster.reboot(name)));
    const booted = seconds();
    expect(await callAt(place, 'lab', 270_000)).toBe('Hello, lab!');
    process.stderr.write(`all hosts rebooted: booted after ${booted} s, a function answers after ${seconds()} s\n`);
  }, 480_000);

  it('have changed nothing of what was set up', async () => {
    for (const name of names) await untilReady(name);
    await untilAvailable();
    const { result, stderr } = await upAgain();
    expect(result, stderr).toMatchObject({ outcome: 'ready', changed: 0 });
    expect(result.smokeTest?.reply).toMatch(/^Hello, /);
  });
});

describe('a node that is added', () => {
  it('joins the stack that runs, and functions run on it', async () => {
    await cluster.hosts(4, 'full');
    const startedAt = performance.now();
    const { result, stderr } = await upAgain('--nodes', '4');
    process.stderr.write(`a node added: ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
    expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    expect(Object.values(await cluster.nodes())).toEqual(['Ready', 'Ready', 'Ready', 'Ready']);
    await cluster.kubectl('cordon', 'host-2', 'host-3');
    await makeFunction(cluster, 'elsewhere');
    expect(await call(cluster, 'elsewhere', 'lab')).toBe('Hello, lab!');
    const pods = await podsOf(cluster, 'serving.knative.dev/service=elsewhere');
    expect(new Set(pods.map(({ node }) => node))).toEqual(new Set(['host-4']));
    await cluster.kubectl('uncordon', 'host-2', 'host-3');
  });
});

describe('eStargz', () => {
  const workers = ['host-2', 'host-3', 'host-4'];
  const image = async (...words: string[]) => await (await cluster.coordinator('image', ...words)).outcome();

  it('is switched on in the running cluster', async () => {
    await cluster.set(['stargz'], true);
    const { result, stderr } = await upAgain();
    expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    expect(result.smokeTest?.reply).toMatch(/^Hello, /);
  });

  it('lets a function answer before its image has been fetched, which was optimized on a node', async () => {
    await pushWholeImage(cluster);
    const { result: made, stderr } = await image('optimize', wholeImage, lazyImage);
    expect(made, stderr).toMatchObject({ exitCode: 0 });
    const size = await lazyImageBytes(cluster);
    for (const name of workers) await fetchOnlyWhatIsRead(cluster, name);
    await makeFunction(cluster, 'lazy', {
      annotations: { 'autoscaling.knative.dev/min-scale': '1' },
      image: lazyImage,
    });
    expect(await call(cluster, 'lazy', 'lab')).toBe('Hello, lab!');
    const sent = await sentBytes(cluster);
    process.stderr.write(`of ${size} bytes ${sent} were fetched before the first answer\n`);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(size / 4);
    const mounts = await Promise.all(workers.map((name) => lazyMounts(cluster, name)));
    expect(mounts.flat()).toHaveLength(1);
  });

  it('makes containers again that the end of the snapshotter took the files from', async () => {
    const [pod] = await podsOf(cluster, 'serving.knative.dev/service=lazy');
    const node = pod?.node ?? '';
    await cluster.run(node, ['systemctl', 'restart', 'stargz-snapshotter']);
    const journal = () => cluster.run(node, ['journalctl', '--unit=vhive-stargz-mounts', '--output=cat']);
    await expect.poll(journal, { timeout: 60_000, interval: 1_000 }).toContain('has lost its files and is stopped');
    expect(await call(cluster, 'lazy', 'again')).toBe('Hello, again!');
  });

  it('is pushed to a registry that wants to know who one is, and to nobody else’s', async () => {
    const { registry, right, wrong, digestOf } = await startPrivateRegistry(cluster);
    const target = `${registry}/lab/lazy:1`;
    const push = (...words: string[]) => image('optimize', wholeImage, target, '--plain-http', ...words);
    const { result, stderr } = await push('--credentials-file', right);
    expect(result, stderr).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain(await digestOf('lab/lazy', '1'));
    for (const [words, message] of [
      [['--credentials-file', wrong], `${registry} refuses pushing ${target}: user and token are wrong`],
      [[], `${registry} refuses pushing ${target}: it asks who you are`],
    ] as const)
      expect((await push(...words)).result).toMatchObject({ exitCode: 4, message: expect.stringContaining(message) });
  });
});

describe('images of a list', () => {
  const registry = 'docker-registry.registry.svc.cluster.local:5000';
  const pause = 'registry.k8s.io/pause:3.10.1';
  const list = '/root/images.txt';

  it('are pushed into the registry in the cluster, and loaded on the nodes', async () => {
    await cluster.shell(
      'host-1',
      `printf '# three\\n${pause}\\n${greeterImage} # the Greeter\\n${wholeImage}\\n' > ${list}`,
    );
    const pushed = await cluster.coordinator('image', 'push', '--from', list);
    const { result, stderr } = await pushed.outcome();
    expect(result, stderr).toMatchObject({ exitCode: 0 });
    const names = pushed.lines.flatMap((line) => (line.type === 'image' ? [line.image] : []));
    expect(names).toEqual([`${registry}/pause:3.10.1`, `${registry}/ease-lab/helloworld:var_workload`, wholeImage]);
    const workers = ['host-2', 'host-4'];
    const preload = await cluster.coordinator('image', 'preload', pause, greeterImage, '--node', workers.join(','));
    const loaded = await preload.outcome();
    expect(loaded.result, loaded.stderr).toMatchObject({ exitCode: 0 });
    for (const name of workers) {
      const there = await cluster.run(name, ['ctr', '--namespace=k8s.io', 'images', 'ls', '--quiet']);
      for (const ref of [pause, greeterImage]) expect(there.split('\n')).toContain(ref);
    }
  });

  it('are refused where a line is none, before anything is touched', async () => {
    await cluster.shell('host-1', `echo 'NO IMAGE' >> ${list}`);
    const { result } = await (await cluster.coordinator('image', 'push', '--from', list)).outcome();
    expect(result).toMatchObject({ exitCode: 2, message: expect.stringContaining(`${list}:5: "NO IMAGE"`) });
  });
});
