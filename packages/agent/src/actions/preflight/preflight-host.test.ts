import { agentActions, type Facts } from '@vhive/shared';
import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { preflightHost } from './preflight-host.ts';

const params = (input: object = {}) =>
  agentActions['preflight.host'].params.parse({
    role: 'worker',
    address: '10.0.0.1',
    arches: ['amd64'],
    minFreeBytes: 0,
    minMemoryBytes: 0,
    minCpus: 1,
    needsKvm: false,
    wantsSsd: false,
    ports: [],
    expectedKubernetes: '1.35.3',
    ...input,
  });

const context = async (change: (facts: Facts) => Partial<Facts>) =>
  testContext({
    host: (real) => ({
      simulated: true,
      facts: async () => {
        const facts = { ...(await real.facts()), swapBytes: 0, containerEngines: [], arch: 'amd64' };
        return { ...facts, simulated: true, ...change(facts) };
      },
    }),
  });

test('every error is told at once, with what to do', async () => {
  await using host = await context(() => ({ arch: 'riscv64', cpus: 1, hostname: 'bad_name' }));
  await expect(preflightHost.check(params({ minCpus: 2 }), host)).rejects.toMatchObject({
    failure: {
      code: 'preflight',
      permanent: true,
      message: expect.stringMatching(/3 things[\s\S]*arch: [\s\S]*cpus: [\s\S]*hostname: /),
      hint: expect.stringContaining('preflight.ignore: [arch, cpus, hostname]'),
    },
  });
});

test('ignored errors and warnings come back as findings', async () => {
  await using host = await context(() => ({ cpus: 1, swapBytes: 2 ** 30, containerEngines: ['docker'] }));
  const result = await preflightHost.check(params({ minCpus: 2, ignore: ['cpus'] }), host);
  expect(result).toMatchObject({
    converged: true,
    outputs: {
      findings: [
        { check: 'cpus', level: 'warning' },
        { check: 'swap', level: 'warning' },
        { check: 'docker', level: 'warning' },
      ],
    },
  });
});

test('too little space refuses a new host, and only warns on a node of a running cluster', async () => {
  const full = () => ({ root: { totalBytes: 100, freeBytes: 1 } });
  await using fresh = await context(full);
  await using joined = await context(full);
  for (const path of ['/etc/kubernetes/kubelet.conf', '/var/lib/kubelet/pki/kubelet-client-current.pem'])
    await joined.host.writeFile(path, 'simulated', { mode: '0600' });
  await expect(preflightHost.check(params({ minFreeBytes: 2 }), fresh)).rejects.toThrow('space');
  expect(await preflightHost.check(params({ minFreeBytes: 2 }), joined)).toMatchObject({
    outputs: { joined: true, findings: [{ check: 'space', level: 'warning' }] },
  });
});

test('a control plane is not made a worker', async () => {
  await using worker = await context(() => ({}));
  for (const name of ['kubelet.conf', 'manifests/kube-apiserver.yaml'])
    await worker.host.writeFile(`/etc/kubernetes/${name}`, 'simulated', { mode: '0600' });
  await expect(preflightHost.check(params(), worker)).rejects.toThrow('already is the control plane');
});

test('facts are gathered at every check, and the thin pool is among the checks', async () => {
  let looks = 0;
  await using host = await context(() => ({ kvm: { present: true, usable: ++looks === 1 } }));
  const thinPool = { directory: '/var/lib/pool', dataBytes: Number.MAX_SAFE_INTEGER };
  await expect(preflightHost.check(params({ needsKvm: true, thinPool }), host)).rejects.toThrow(/^thin-pool space/);
  const ignore = ['thin-pool space'];
  await expect(preflightHost.check(params({ needsKvm: true, thinPool, ignore }), host)).rejects.toThrow(/^kvm/);
  expect(looks).toBe(2);
});

test('without KVM microVMs are refused, and a hard disk is warned of', async () => {
  await using none = await context(() => ({ kvm: { present: false, usable: false } }));
  await expect(preflightHost.check(params({ needsKvm: true }), none)).rejects.toMatchObject({
    failure: {
      message: expect.stringMatching(/^kvm: there is no \/dev\/kvm: microVMs need it .*or use another --sandbox/),
      hint: expect.stringContaining('preflight.ignore: [kvm]'),
    },
  });
  const root = { totalBytes: 2 ** 40, freeBytes: 2 ** 39, rotational: true };
  await using spinning = await context(() => ({ kvm: { present: true, usable: true }, root }));
  expect(await preflightHost.check(params({ needsKvm: true, wantsSsd: true }), spinning)).toMatchObject({
    outputs: {
      findings: [
        { check: 'disk', level: 'warning', message: expect.stringContaining('hard disk'), hint: 'use an SSD' },
      ],
    },
  });
});
