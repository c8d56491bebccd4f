import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { createSimulatedHost } from '../../simulated/simulated-host.ts';
import { testContext } from '../kit/context.fixture.ts';
import { preflightHost } from '../preflight/preflight-host.ts';
import { caCertHash } from './ca-cert-hash.ts';
import { kubeadmInit } from './kubeadm-init.ts';
import { kubeadmJoin } from './kubeadm-join.ts';
import { kubeadmReset } from './kubeadm-reset.ts';
import { kubeadmRecord } from './records.ts';
import { noKernelConfiguration } from './refusal/recorded-refusals.fixture.ts';

const file = { mode: '0600' };
const etcd = '/var/lib/etcd/member/snap/db';
const caKey = '/etc/kubernetes/pki/ca.key';
const ca = '/etc/kubernetes/pki/ca.crt';
const conf = '/etc/kubernetes/kubelet.conf';
const client = '/var/lib/kubelet/pki/kubelet-client-current.pem';

/** Makes the certificate of a CA that no simulated kubeadm has. */
function otherCa(): string {
  return execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', '/dev/null', '-subj', '/CN=other', '-days', '1'],
    ],
    { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' },
  );
}

async function simulated() {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-foreign-'));
  const host = await createSimulatedHost({ directory, name: 'sim-1', address: '127.0.0.1' });
  const context = Object.assign(await testContext(), { host });
  return {
    context,
    host,
    put: async (...paths: string[]) => {
      for (const path of paths) await host.writeFile(path, 'theirs\n', file);
    },
    text: async (path: string) => (await host.readFile(path))?.toString(),
    /** Makes the next call of kubeadm fail. */
    fault: (command: string, message: string) =>
      writeFile(
        join(directory, 'sim-1', 'faults.json'),
        JSON.stringify([{ command, effect: 'fail', times: 1, message }]),
      ),
    /** Whether kubeadm reset was run. */
    wasReset: () => context.logged.some((line) => line.startsWith('(simulated) kubeadm reset')),
    [Symbol.asyncDispose]: async () => {
      await rm(directory, { recursive: true, force: true });
      await context[Symbol.asyncDispose]();
    },
  };
}

const initParams = agentActions['kubeadm.init'].params.parse({
  kubernetesVersion: '1.35.3',
  configuration: [
    {
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'InitConfiguration',
      localAPIEndpoint: { advertiseAddress: '127.0.0.1' },
    },
    { apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'ClusterConfiguration', kubernetesVersion: 'v1.35.3' },
  ],
  advertiseAddress: '127.0.0.1',
  criSocket: 'unix:///run/containerd/containerd.sock',
  removeTaint: false,
  operatorUser: null,
});

/** The parameters of a join of the cluster whose CA that host has after its own init, or of another one. */
const joinParams = (caHash: string) =>
  agentActions['kubeadm.join'].params.parse({
    endpoint: '127.0.0.1:6443',
    caCertHash: caHash,
    token: { sealed: Buffer.from('abcdef.0123456789abcdef').toString('base64'), from: 'x' },
    nodeName: 'sim-1',
    criSocket: 'unix:///run/containerd/containerd.sock',
    apiVersion: 'kubeadm.k8s.io/v1beta4',
  });

const hostParams = (role: 'control-plane' | 'worker') =>
  agentActions['preflight.host'].params.parse({
    role,
    ...{ address: '127.0.0.1', arches: ['amd64'], minFreeBytes: 0, minMemoryBytes: 0, minCpus: 1 },
    ...{ needsKvm: false, wantsSsd: false, ports: [], expectedKubernetes: '1.35.3' },
  });

/** Returns the hash of the CA of every simulated cluster. */
async function simulatedCa(): Promise<string> {
  await using machine = await simulated();
  await kubeadmInit.apply(initParams, machine.context);
  return caCertHash((await machine.text(ca)) ?? '');
}

test('init: data of others stays, at preflight and however often it is tried', async () => {
  await using machine = await simulated();
  await machine.put(etcd, caKey);
  await expect(preflightHost.check(hostParams('control-plane'), machine.context)).rejects.toThrow(
    /kubernetes: .*did not make: \/etc\/kubernetes\/pki\/ca.key, \/var\/lib\/etcd\/member/,
  );
  for (const _attempt of [1, 2])
    await expect(kubeadmInit.apply(initParams, machine.context)).rejects.toMatchObject({
      failure: { permanent: true, message: expect.stringContaining(caKey) },
    });
  expect(machine.wasReset()).toBe(false);
  expect([await machine.text(etcd), await machine.text(caKey)]).toEqual(['theirs\n', 'theirs\n']);
});

test('init: what comes after kubeadm refused the host at its own preflight is not ours', async () => {
  await using machine = await simulated();
  await machine.fault('kubeadm init', noKernelConfiguration);
  await expect(kubeadmInit.apply(initParams, machine.context)).rejects.toMatchObject({
    failure: { permanent: true, message: expect.stringMatching(/^kubeadm init: .*\[ERROR SystemVerification\]/) },
  });
  expect(await kubeadmRecord(machine.context, 'kubeadm.init')).toBeUndefined();
  await machine.put(etcd);
  await expect(kubeadmInit.apply(initParams, machine.context)).rejects.toThrow('did not make');
  expect(await machine.text(etcd)).toBe('theirs\n');
});

test('init: our own that was cut off is reset, which a dry run says with every path; another CA since then is not', async () => {
  await using machine = await simulated();
  const { context, host } = machine;
  await context.records.set('kubeadm.init', { state: 'started' });
  await machine.put(etcd, caKey);
  expect(await kubeadmInit.check(initParams, context)).toMatchObject({
    changes: [expect.stringMatching(/kubeadm reset removes.*ca\.key, \/var\/lib\/etcd\/member/), expect.anything()],
  });
  expect(await preflightHost.check(hostParams('control-plane'), context)).toMatchObject({
    outputs: { findings: expect.arrayContaining([expect.objectContaining({ check: 'kubernetes', level: 'warning' })]) },
  });
  await kubeadmInit.apply(initParams, context);
  expect(machine.wasReset()).toBe(true);
  expect(await machine.text(etcd)).toBeUndefined();
  const hash = caCertHash((await machine.text(ca)) ?? '');
  expect(await kubeadmRecord(context, 'kubeadm.init')).toEqual({ state: 'finished', ca: hash });

  await context.records.set('kubeadm.init', { state: 'started', ca: hash });
  await host.remove('/etc/kubernetes/manifests', { recursive: true });
  await host.writeFile(ca, otherCa(), file);
  await expect(kubeadmInit.apply(initParams, context)).rejects.toThrow('did not make');
});

test('init: a finished control plane whose manifests were moved away is not reset', async () => {
  await using machine = await simulated();
  await kubeadmInit.apply(initParams, machine.context);
  await machine.put(etcd);
  await machine.host.remove('/etc/kubernetes/manifests', { recursive: true });
  await expect(preflightHost.check(hostParams('control-plane'), machine.context)).rejects.toThrow('kubernetes');
  for (const _attempt of [1, 2])
    await expect(kubeadmInit.apply(initParams, machine.context)).rejects.toThrow('did not make');
  expect(await machine.text(etcd)).toBe('theirs\n');
});

test('init: one that ended when the agent was killed is recorded, and never reset when its API server is down later', async () => {
  await using machine = await simulated();
  const { context, host } = machine;
  await kubeadmInit.apply(initParams, context);
  expect(await kubeadmInit.check(initParams, context)).toMatchObject({ converged: true });
  await context.records.set('kubeadm.init', { state: 'started' });
  expect(await kubeadmInit.check(initParams, context)).toMatchObject({
    changes: [expect.stringContaining('recorded')],
  });
  await kubeadmInit.apply(initParams, context);
  expect(await kubeadmRecord(context, 'kubeadm.init')).toMatchObject({ state: 'finished', ca: expect.any(String) });
  await host.remove('/etc/kubernetes/admin.conf');
  expect(await kubeadmInit.check(initParams, context)).toMatchObject({
    changes: ['the control plane is started again'],
  });
});

test('join: certificates of others are refused before anything is touched, and never reset', async () => {
  await using machine = await simulated();
  await machine.put(etcd, caKey, ca);
  await expect(preflightHost.check(hostParams('worker'), machine.context)).rejects.toThrow('did not make');
  await expect(kubeadmJoin.check(joinParams('sha256:x'), machine.context)).resolves.toMatchObject({
    changes: ['sim-1 joins the cluster at 127.0.0.1:6443'],
  });
  await expect(kubeadmJoin.apply(joinParams('sha256:x'), machine.context)).rejects.toThrow('did not make');
  expect(machine.wasReset()).toBe(false);
  expect(await machine.text(etcd)).toBe('theirs\n');
});

test('join: a host that kubeadm refuses at its own preflight is told why, and not tried again', async () => {
  await using machine = await simulated();
  await machine.fault('kubeadm join', noKernelConfiguration);
  await expect(kubeadmJoin.apply(joinParams('sha256:x'), machine.context)).rejects.toMatchObject({
    failure: { permanent: true, message: expect.stringMatching(/^kubeadm join: .*\[ERROR SystemVerification\]/) },
  });
});

test('join: an etcd of others on a worker is told and left alone, even if a join of ours would have to be reset', async () => {
  await using machine = await simulated();
  const { context } = machine;
  await machine.put(etcd);
  expect(await preflightHost.check(hostParams('worker'), context)).toMatchObject({
    outputs: { joined: false, findings: expect.arrayContaining([expect.objectContaining({ check: 'kubernetes' })]) },
  });
  await context.records.set('kubeadm.join', { state: 'started', ca: null });
  await machine.put(conf);
  await expect(preflightHost.check(hostParams('worker'), context)).rejects.toThrow(etcd.split('/snap')[0]);
  await expect(kubeadmJoin.apply(joinParams('sha256:x'), context)).rejects.toThrow('/var/lib/etcd/member');
  expect(await machine.text(etcd)).toBe('theirs\n');
});

test('a kubelet.conf without its certificate is no membership, and refused unless it is ours', async () => {
  await using machine = await simulated();
  const { context, host } = machine;
  await host.writeFile(conf, 'server: https://10.20.30.40:6443\n', file);
  expect(await host.facts()).toMatchObject({ kubernetes: { joined: false } });
  await expect(preflightHost.check(hostParams('worker'), context)).rejects.toThrow(
    /is no node of a cluster, but holds files.*kubelet\.conf.*kubeadm reset -f/s,
  );
});

test('join: a member of another cluster is known by its CA, whatever its address', async () => {
  const hash = await simulatedCa();
  await using machine = await simulated();
  const { context, host } = machine;
  await kubeadmJoin.apply(joinParams(hash), context);
  expect(await kubeadmJoin.check(joinParams(hash), context)).toMatchObject({ converged: true });
  await host.writeFile(ca, otherCa(), file);
  await expect(kubeadmJoin.check(joinParams(hash), context)).rejects.toMatchObject({
    failure: { permanent: true, message: expect.stringMatching(/another cluster.*CA is sha256.*is sha256/) },
  });
  expect(await preflightHost.check(hostParams('worker'), context)).toMatchObject({
    outputs: { joined: true, caCertHashes: [caCertHash((await machine.text(ca)) ?? '')], server: '127.0.0.1:6443' },
  });
});

test('join: the CA that the kubelet trusts counts as well as the file', async () => {
  const hash = await simulatedCa();
  await using machine = await simulated();
  await kubeadmJoin.apply(joinParams(hash), machine.context);
  const trusted = `certificate-authority-data: ${Buffer.from(otherCa()).toString('base64')}\n`;
  await machine.host.writeFile(conf, `${trusted}server: https://127.0.0.1:6443\n`, file);
  await expect(kubeadmJoin.check(joinParams(hash), machine.context)).rejects.toThrow('another cluster');
});

test('join: the same cluster at another address is no other cluster', async () => {
  const hash = await simulatedCa();
  await using machine = await simulated();
  await kubeadmJoin.apply(joinParams(hash), machine.context);
  await expect(
    kubeadmJoin.check({ ...joinParams(hash), endpoint: '127.60.0.1:6443' }, machine.context),
  ).rejects.toMatchObject({
    failure: {
      message: expect.stringContaining('joined this cluster at 127.0.0.1:6443'),
      hint: expect.stringContaining('--lan'),
    },
  });
});

test('join: our own that was cut off, or lost its certificate, is reset and made again', async () => {
  const hash = await simulatedCa();
  await using machine = await simulated();
  const { context, host } = machine;
  await kubeadmJoin.apply(joinParams(hash), context);
  await host.remove(client);
  expect(await kubeadmJoin.check(joinParams(hash), context)).toMatchObject({
    changes: [expect.stringMatching(/kubeadm reset removes.*kubelet\.conf/), expect.stringContaining('joins')],
  });
  await kubeadmJoin.apply(joinParams(hash), context);
  expect(machine.wasReset()).toBe(true);
  expect(await kubeadmJoin.check(joinParams(hash), context)).toMatchObject({ converged: true });
});

test('reset: only what a record of ours says we made', async () => {
  await using machine = await simulated();
  const params = { criSocket: 'unix:///run/containerd/containerd.sock' };
  await machine.put(conf, caKey);
  await expect(kubeadmReset.apply(params, machine.context)).rejects.toThrow('did not make');
  expect(await readFile(join(machine.host.localPath(caKey)), 'utf8')).toBe('theirs\n');
});
