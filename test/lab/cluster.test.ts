import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { differences, listHost } from './cluster/host-listing.ts';
import type { JsonRun } from './cluster/json-run.ts';
import { LabCluster } from './cluster/lab-cluster.ts';
import { deploy, inPod, podsOf, resolveInPod, spread } from './cluster/pods.ts';
import { foundIn, readableSecrets, secretsOf, watchArguments } from './cluster/secrets.ts';
import { added, type MachineInventory, takeInventory } from './machine-inventory.ts';

// There is one cluster, from its bare hosts to its removal. Each test begins where the one before it ended.

const names = ['host-1', 'host-2', 'host-3'];
const allReady = { 'host-1': 'Ready', 'host-2': 'Ready', 'host-3': 'Ready' };

let cluster: LabCluster;
let before: MachineInventory;
/** The listings of the hosts before anything was done to them, in the order of their names. */
let bare: string[][];

const listAll = () => Promise.all(names.map((name) => listHost(cluster, name)));
const changesSince = async (then: string[][]) =>
  (await listAll()).flatMap((now, at) => differences(then[at] ?? [], now));

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  before = await takeInventory(cluster.stateDir);
  await cluster.hosts(3);
  bare = await listAll();
});

afterAll(() => cluster.down());

describe('bare hosts', () => {
  it('are told what would change, and nothing changes', async () => {
    const run = await cluster.up('--dry-run');
    const { exitCode, result } = await run.outcome();
    expect(result).toMatchObject({ outcome: 'checked', exitCode: 0 });
    expect(exitCode).toBe(0);
    expect(result.changed).toBeGreaterThan(80);
    const changes = run.of('task').flatMap((task) => (task.changes ?? []).map((change) => `${task.node}: ${change}`));
    for (const name of names) {
      expect(changes).toContain(`${name}: package conntrack: is installed`);
      expect(changes.join('\n')).toContain(`${name}: /etc/containerd/config.toml: is made`);
    }
    expect(await changesSince(bare)).toEqual([]);
  });

  it('are refused when a port of the master is taken, which is told with the process that has it', async () => {
    const listen = `require('net').createServer().listen(6443)`;
    const squatter = ['systemd-run', '--unit=squatter', '--collect', '/usr/local/lib/vhive/lib/node', '-e', listen];
    await cluster.run('host-1', squatter);
    onTestFinished(async () => void (await cluster.run('host-1', ['systemctl', 'stop', 'squatter'])));
    await cluster.shell('host-1', 'until grep -q :192B /proc/net/tcp6; do sleep 0.1; done');
    const { exitCode, result, stderr } = await (await cluster.up()).outcome();
    expect(result).toMatchObject({ outcome: 'refused', exitCode: 3 });
    expect(exitCode).toBe(3);
    const pid = await cluster.run('host-1', ['systemctl', 'show', '--property=MainPID', '--value', 'squatter']);
    const failure = result.nodes?.find(({ name }) => name === 'host-1')?.failure;
    expect(failure?.message).toContain('6443');
    expect(failure?.message).toContain(`(process ${pid})`);
    expect(stderr).toContain(failure?.message);
  });

  it('are refused when one cannot reach another, which is told with the pair', async () => {
    await cluster.shell('host-3', 'apt-get update && apt-get install --yes nftables');
    const withNftables = await listAll();
    const address = (await cluster.host('host-2')).address;
    await cluster.shell(
      'host-3',
      `nft add table ip wall
       nft 'add chain ip wall in { type filter hook input priority 0; }'
       nft add rule ip wall in ip saddr ${address} tcp dport 10250 drop`,
    );
    onTestFinished(async () => void (await cluster.run('host-3', ['nft', 'delete', 'table', 'ip', 'wall'])));
    const { exitCode, result, stderr } = await (await cluster.up()).outcome();
    expect(result).toMatchObject({ outcome: 'refused', exitCode: 3 });
    expect(exitCode).toBe(3);
    const failures = result.nodes?.flatMap(({ name, failure }) => (failure ? [{ name, ...failure }] : []));
    expect(failures).toMatchObject([{ name: 'host-2', code: 'preflight' }]);
    expect(failures?.[0]?.message).toMatch(/host-3 [0-9.]+:10250/);
    expect(stderr).toMatch(/host-2, phase preflight: .*\n.*host-3 [0-9.]+:10250/);
    expect(await changesSince(withNftables)).toEqual([]);
  });
});

describe('up --lab', () => {
  let run: JsonRun;
  let secrets: Record<string, string>;
  let processes: ReadonlySet<string>;

  beforeAll(async () => {
    const watch = watchArguments();
    try {
      run = cluster.command('up', '--lab', '3', '--output', 'json');
      await run.ended;
    } finally {
      processes = await watch.stop();
    }
  });

  it('makes three Ready nodes, said by Kubernetes itself', async () => {
    const { exitCode, result, stderr } = await run.outcome();
    expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    expect(exitCode).toBe(0);
    expect(await cluster.nodes()).toEqual(allReady);
    expect(stderr).toMatch(/\$ kubectl get nodes\n(.*\n)*host-3 +Ready/);
    expect(stderr, 'a kubelet cannot stay up before its node is a member').not.toContain(
      'kubelet.service was restarted',
    );
  });

  it('prints lines of which the last says what each phase did on each node, and how long it took', async () => {
    const { result } = await run.outcome();
    expect(result.nodes?.map(({ name, outcome }) => [name, outcome])).toEqual(
      [...names, '@coordinator'].map((name) => [name, 'ready']),
    );
    const first = ['preflight', 'artifacts', 'system', 'image-server', 'runtime', 'kubernetes', 'kubelet'];
    const last = ['control-plane', 'join', 'network', 'nodes-ready', 'ready', 'inspection'];
    expect(result.phases?.map(({ phase }) => phase)).toEqual([...first, ...last]);
    for (const { phase, seconds } of result.phases ?? []) expect(seconds, phase).toBeGreaterThan(0);
    for (const worker of result.nodes?.slice(1, 3) ?? []) {
      expect(worker.phases.map(({ phase }) => phase)).toEqual([
        ...['preflight', 'system', 'runtime', 'kubernetes', 'kubelet', 'join', 'network', 'nodes-ready'],
        'inspection',
      ]);
      expect(worker.phases.every(({ seconds }) => (seconds ?? 0) > 0)).toBe(true);
    }
    expect(run.of('plan')).toMatchObject([{ mode: 'apply', resumed: false }]);
    process.stderr.write(`phases: ${result.phases?.map(({ phase, seconds }) => `${phase} ${seconds} s`).join(', ')}\n`);
  });

  it('does each step once', () => {
    const begun = run.of('step').filter(({ status }) => status === 'running');
    expect(begun.length).toBeGreaterThan(40);
    expect(begun.filter(({ attempt }) => attempt !== 1)).toEqual([]);
  });

  it('shows no secret in arguments of processes, events, logs or journals', async () => {
    secrets = await secretsOf(cluster, names);
    expect(Object.keys(secrets).filter((name) => name.startsWith('bootstrap.kubernetes.io/token'))).not.toEqual([]);
    expect(Object.values(secrets).every((secret) => secret.length >= 16)).toBe(true);
    const listed = [...processes];
    expect(listed.filter((line) => line.startsWith('kubeadm join') || line.includes('/kubeadm join'))).not.toEqual([]);
    expect(listed.flatMap((line) => foundIn(line, secrets))).toEqual([]);

    const text = run.lines.map((line) => JSON.stringify(line)).join('\n') + (await run.ended).stderr;
    expect(foundIn(text, secrets)).toEqual([]);

    const store = join((await cluster.host('host-1')).tree, 'var/lib/vhive-coord/jetstream');
    const files = (await readdir(store, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(5);
    for (const { parentPath, name } of files)
      expect(foundIn(await readFile(join(parentPath, name), 'latin1'), secrets), name).toEqual([]);

    for (const name of names) {
      const journal = await cluster.run(name, ['journalctl', '--no-pager', '--output=short']);
      expect(journal).toContain('vhive-agent');
      expect(foundIn(journal, secrets), `journal of ${name}`).toEqual([]);
    }
  });

  it('exports logs of every node and phase, without secrets', async () => {
    const exported = await (await cluster.coordinator('logs', '--export', '/root/logs')).outcome();
    expect(exported, exported.stderr).toMatchObject({ exitCode: 0 });
    const files = (await cluster.run('host-1', ['find', '/root/logs', '-type', 'f'])).split('\n').sort();
    for (const phase of ['system', 'runtime', 'join'])
      expect(
        files.some((file) => file === `/root/logs/host-2/${phase}.log`),
        phase,
      ).toBe(true);
    const text = await cluster.shell('host-1', `cat ${files.map((file) => `'${file}'`).join(' ')}`);
    expect(text).toContain('This node has joined the cluster');
    expect(foundIn(text, secrets)).toEqual([]);
  });

  it('leaves no file with a secret that other users can read', async () => {
    for (const name of names) expect(await readableSecrets(cluster, name, secrets), name).toEqual([]);
  });

  it('changes nothing when done again', async () => {
    const { result } = await (await cluster.up()).outcome();
    expect(result).toMatchObject({ outcome: 'ready', changed: 0 });
    expect(result.unchanged).toBeGreaterThan(100);
    expect(result.wallSeconds).toBeLessThan(60);
    const dry = await (await cluster.up('--dry-run')).outcome();
    expect(dry.result).toMatchObject({ outcome: 'checked', changed: 0, unchanged: result.unchanged });
  });

  it('repairs what --limit names, and nothing else', async () => {
    for (const name of ['host-2', 'host-3']) await cluster.run(name, ['rm', '/etc/crictl.yaml']);
    const { result } = await (await cluster.up('--limit', 'host-2')).outcome();
    expect(result).toMatchObject({ outcome: 'done', changed: 1 });
    expect(await cluster.run('host-2', ['cat', '/etc/crictl.yaml'])).toContain('containerd.sock');
    await expect(cluster.run('host-3', ['cat', '/etc/crictl.yaml'])).rejects.toThrow(/No such file/);
    expect((await (await cluster.up()).outcome()).result).toMatchObject({ outcome: 'ready', changed: 1 });
  });
});

describe('the cluster', () => {
  it('runs pods on every node that reach each other and the cluster’s DNS', async () => {
    await deploy(cluster, 'spread', spread(3));
    const pods = await podsOf(cluster, 'app=spread');
    expect(pods.map(({ node }) => node).sort()).toEqual(names);
    for (const pod of pods) {
      for (const { address } of pods)
        expect(await inPod(cluster, pod, ['ping', '-c', '1', '-W', '2', address])).toContain(' 0% packet loss');
      expect(await resolveInPod(cluster, pod, 'kubernetes.default.svc.cluster.local')).toEqual(['10.96.0.1']);
    }
  });

  it.each(['host-2', 'host-1'])('is whole again after a reboot of %s', async (name) => {
    await cluster.reboot(name);
    const boot = await cluster.run(name, ['cat', '/proc/sys/kernel/random/boot_id']);
    // Until the node is heard of, Kubernetes still shows what the node was before.
    const seen = () =>
      cluster.kubectl('get', 'node', name, '-o', 'jsonpath={.status.nodeInfo.bootID} {.status.conditions[-1:].status}');
    await expect.poll(() => seen().catch(String), { timeout: 120_000, interval: 1_000 }).toBe(`${boot} True`);
    const { result } = await (await cluster.up()).outcome();
    expect(result).toMatchObject({ outcome: 'ready', changed: 0 });
    expect(await cluster.nodes()).toEqual(allReady);
    await cluster.kubectl('rollout', 'status', 'deployment/spread', '--timeout=120s');
    const pods = await podsOf(cluster, 'app=spread');
    const [there, other] = [pods.find(({ node }) => node === name), pods.find(({ node }) => node !== name)];
    if (!there || !other) throw new Error('a node has no pod');
    expect(await inPod(cluster, there, ['ping', '-c', '1', '-W', '2', other.address])).toContain(' 0% packet loss');
  });

  it('goes on without a node the operator removed, whose agent is refused from then on', async () => {
    await (await cluster.coordinator('nodes', 'remove', 'host-3')).outcome();
    await expect
      .poll(() => cluster.run('host-3', ['systemctl', 'is-active', 'vhive-agent'], { reject: false }), {
        timeout: 60_000,
        interval: 500,
      })
      .toBe('failed');
    const run = await cluster.up('--nodes', '2');
    const { result } = await run.outcome();
    expect(result).toMatchObject({ outcome: 'ready' });
    expect(result.nodes?.map(({ name }) => name)).toEqual(['host-1', 'host-2', '@coordinator']);
    const changed = run.of('task').filter(({ status }) => status === 'changed');
    expect(changed.map(({ step }) => step).sort(), 'routes to its pods go').toEqual([
      ...['network-routes/host-1', 'network-routes/host-2'],
    ]);
  });

  it('lets the removed node in again with a new token', async () => {
    const created = await cluster.coordinator('token', 'create');
    await created.outcome();
    const token = created.of('token')[0]?.token ?? '';
    await cluster.run('host-3', ['sh', '-c', 'umask 077; cat > /etc/vhive/agent-token'], { input: token });
    await cluster.run('host-3', ['systemctl', 'start', 'vhive-agent']);
    const { result } = await (await cluster.up()).outcome();
    expect(result).toMatchObject({ outcome: 'ready', changed: 2 });
    expect(await cluster.nodes()).toEqual(allReady);
  });
});

describe('lab down', () => {
  it('leaves nothing of a cluster that runs', async () => {
    const { exitCode } = await cluster.command('lab', 'down').ended;
    expect(exitCode).toBe(0);
    expect(added(before, await takeInventory(cluster.stateDir))).toEqual({});
    expect(existsSync(cluster.stateDir)).toBe(false);
  });
});
