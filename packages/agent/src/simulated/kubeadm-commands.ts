import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import type { KubernetesObject } from '@vhive/shared';
import { parseAllDocuments } from 'yaml';
import { SimulatedKubernetes } from './kubernetes.ts';
import type { SimulatedMachine } from './machine.ts';
import type { SimulatedProgram } from './program.ts';

/** The CA certificate that kubeadm makes in a simulation. It belongs to nobody: its private key was never kept. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUU7MBQ/lw7iw75ll377/1OUFJcCMwCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUc2ltdWxhdGVkLWt1YmVybmV0ZXMwIBcNMjYxMTIxMjMyNDI4
WhgPMjEyNjEwMjgyMzI0MjhaMB8xHTAbBgNVBAMMFHNpbXVsYXRlZC1rdWJlcm5l
dGVzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQWzRp8Js/f1B1AOfTfM4f+pQ
1pf3eT6YacjzyY9E9HejRRbPbWm8PUJYuAo71NwC+SFvTuVtDAHwINIVDJ9tyaNT
MFEwHQYDVR0OBBYEFHnrUo0NBD20zr2Tatl7ZTwS8md1MB8GA1UdIwQYMBaAFHnr
Uo0NBD20zr2Tatl7ZTwS8md1MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID
SAAwRQIgZPPSs8uLYKagXLJXv6ks1rIrfFft5F0uRN933WbYx54CIQDAdshyIVYE
EErf4PA9Mf3rPyWssR5v6j+iHdHiRvxrHQ==
-----END CERTIFICATE-----
`;

/**
 * Imitates `kubeadm init|join|reset|token create`: leaves the files that kubeadm leaves, and registers a node in the
 * simulated cluster.
 */
export const kubeadm: SimulatedProgram = async (machine, args) => {
  switch (args[0]) {
    case 'init':
      return await init(machine, await documents(machine, args));
    case 'join':
      return await join_(machine, await documents(machine, args));
    case 'token':
      return { stdout: `${randomBytes(3).toString('hex')}.${randomBytes(8).toString('hex')}\n` };
    case 'reset':
      for (const path of ['/etc/kubernetes', '/var/lib/etcd', '/var/lib/kubelet/pki', '/var/lib/kubelet/config.yaml'])
        await rm(join(machine.root, path), { recursive: true, force: true });
      return {};
    default:
      return { exitCode: 1, stderr: `kubeadm ${args[0]}: not part of the simulation\n` };
  }
};

type Document = Record<string, unknown>;

/** The part of kubeadm's configuration that says how a node registers. */
interface Registration {
  name?: string;
  criSocket?: string;
}

async function documents(machine: SimulatedMachine, args: readonly string[]): Promise<Document[]> {
  const path = args[args.indexOf('--config') + 1] ?? '';
  const text = await readFile(join(machine.root, path), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Document);
}

const kind = (all: Document[], name: string): Document => all.find((document) => document.kind === name) ?? {};

async function init(machine: SimulatedMachine, all: Document[]) {
  const { nodeRegistration, localAPIEndpoint } = kind(all, 'InitConfiguration') as {
    nodeRegistration?: Registration;
    localAPIEndpoint?: { advertiseAddress?: string };
  };
  const version = String(kind(all, 'ClusterConfiguration').kubernetesVersion ?? '').replace(/^v/, '');
  await put(machine, '/etc/kubernetes/pki/ca.crt', certificate);
  await put(machine, '/etc/kubernetes/manifests/kube-apiserver.yaml', `image: simulated/kube-apiserver:v${version}\n`);
  await put(machine, '/etc/kubernetes/admin.conf', '# a simulated kubeconfig\n');
  await becomeNode(
    machine,
    nodeRegistration ?? {},
    `https://${localAPIEndpoint?.advertiseAddress ?? machine.address}:6443`,
  );
  const proxy = { namespace: 'kube-system', name: 'kube-proxy' };
  await apply(machine, { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: proxy });
  return { stdout: 'Your Kubernetes control-plane has initialized successfully!\n' };
}

async function join_(machine: SimulatedMachine, all: Document[]) {
  const { nodeRegistration, discovery } = kind(all, 'JoinConfiguration') as {
    nodeRegistration?: Registration;
    discovery?: { bootstrapToken?: { apiServerEndpoint?: string } };
  };
  const endpoint = discovery?.bootstrapToken?.apiServerEndpoint ?? '';
  await put(machine, '/etc/kubernetes/pki/ca.crt', certificate);
  await becomeNode(machine, nodeRegistration ?? {}, `https://${endpoint}`);
  return { stdout: 'This node has joined the cluster\n' };
}

async function becomeNode(machine: SimulatedMachine, registration: Registration, server: string): Promise<void> {
  const { name = machine.name, criSocket = '/run/containerd/containerd.sock' } = registration;
  const endpoint = `unix://${criSocket.replace(/^unix:\/\//, '')}`;
  await put(machine, '/etc/kubernetes/kubelet.conf', `server: ${server}\n`);
  await put(machine, '/var/lib/kubelet/pki/kubelet-client-current.pem', '# simulated\n');
  await put(machine, '/var/lib/kubelet/config.yaml', `containerRuntimeEndpoint: ${endpoint}\n`);
  // kubeadm passes the node's own setting as a flag, which wins over the setting of the cluster.
  const flags = `KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=${endpoint}"\n`;
  await put(machine, '/var/lib/kubelet/kubeadm-flags.env', flags);
  machine.unit('kubelet.service').active = true;
  await machine.save();
  const number = Number(/\d+$/.exec(name)?.[0] ?? 0) % 256;
  await apply(machine, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR: `10.244.${number}.0/24`, taints: [] },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'Simulated', message: 'a simulated kubelet' }] },
  });
}

async function apply(machine: SimulatedMachine, object: KubernetesObject): Promise<void> {
  await new SimulatedKubernetes(machine.cluster).apply(object, { dryRun: false });
}

async function put(machine: SimulatedMachine, path: string, content: string): Promise<void> {
  const file = join(machine.root, path);
  await writeFileAtomic(file, content, { mode: 0o644, directoryMode: 0o755 });
}
