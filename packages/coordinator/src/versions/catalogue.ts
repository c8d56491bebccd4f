/**
 * The one place where versions and addresses of components stand. `{version}`, `{arch}` (Debian's words: amd64, arm64)
 * and `{minor}` are put in. Overridden by `versions` in the cluster file.
 */

/** A file a publisher offers. */
export interface PublishedFile {
  url: string;
  /** The publisher's checksum file; absent: there is none, and only the lock file guards it. */
  checksumUrl?: string;
  checksumAlgorithm?: 'sha256' | 'sha512';
}

/** A component: its known-good version and where its files come from. */
export interface Component {
  /** How people call it. */
  title: string;
  version: string;
  files: Readonly<Record<string, PublishedFile>>;
}

const kubernetesBinary = (name: string): PublishedFile => ({
  url: `https://dl.k8s.io/release/v{version}/bin/linux/{arch}/${name}`,
  checksumUrl: `https://dl.k8s.io/release/v{version}/bin/linux/{arch}/${name}.sha256`,
});

const github = (project: string) => `https://github.com/${project}/releases/download/v{version}`;
const containerd = `${github('containerd/containerd')}/containerd-{version}-linux-{arch}.tar.gz`;
const runc = github('opencontainers/runc');
const cni = `${github('containernetworking/plugins')}/cni-plugins-linux-{arch}-v{version}.tgz`;
const crictl = `${github('kubernetes-sigs/cri-tools')}/crictl-v{version}-linux-{arch}.tar.gz`;
const nats = github('nats-io/nats-server');

/** One set of versions known to work together. */
export const catalogue = {
  kubernetes: {
    title: 'Kubernetes',
    version: '1.35.3',
    files: {
      kubeadm: kubernetesBinary('kubeadm'),
      kubelet: kubernetesBinary('kubelet'),
      kubectl: kubernetesBinary('kubectl'),
    },
  },
  containerd: {
    title: 'containerd',
    version: '2.2.3',
    files: { containerd: { url: containerd, checksumUrl: `${containerd}.sha256sum` } },
  },
  runc: {
    title: 'runc',
    version: '1.3.5',
    files: { runc: { url: `${runc}/runc.{arch}`, checksumUrl: `${runc}/runc.sha256sum` } },
  },
  cniPlugins: {
    title: 'CNI plugins',
    version: '1.7.1',
    files: { 'cni-plugins': { url: cni, checksumUrl: `${cni}.sha256` } },
  },
  /** The version is that for the Kubernetes above; others: see `crictlVersions`. */
  crictl: {
    title: 'crictl',
    version: '1.35.0',
    files: { crictl: { url: crictl, checksumUrl: `${crictl}.sha256` } },
  },
  calico: {
    title: 'Calico',
    version: '3.31.5',
    files: {
      'calico-manifest': {
        url: 'https://raw.githubusercontent.com/projectcalico/calico/v{version}/manifests/calico.yaml',
      },
    },
  },
  natsServer: {
    title: 'nats-server',
    version: '2.12.3',
    files: {
      'nats-server': {
        url: `${nats}/nats-server-v{version}-linux-{arch}.tar.gz`,
        checksumUrl: `${nats}/SHA256SUMS`,
      },
    },
  },
} as const satisfies Record<string, Component>;

/** Name of a component of the catalogue. */
export type ComponentName = keyof typeof catalogue;

/** Releases of cri-tools that are not `<Kubernetes minor>.0`, by Kubernetes minor: https://github.com/kubernetes-sigs/cri-tools/releases */
export const crictlVersions: Readonly<Record<string, string>> = {
  '1.24': '1.24.2',
  '1.26': '1.26.1',
  '1.27': '1.27.1',
  '1.30': '1.30.1',
  '1.31': '1.31.1',
};

/** What kubeadm of a Kubernetes minor release runs beside Kubernetes itself. */
export interface KubeadmImages {
  pause: string;
  etcd: string;
  /** Path and tag below the repository. */
  coredns: string;
}

/**
 * By Kubernetes minor; from cmd/kubeadm/app/constants/constants.go of the release. A minor that is missing here is
 * fine: kubeadm then pulls its images itself.
 */
export const kubeadmImages: Readonly<Record<string, KubeadmImages>> = {
  '1.20': { pause: 'pause:3.2', etcd: 'etcd:3.4.13-0', coredns: 'coredns:1.7.0' },
  '1.35': { pause: 'pause:3.10.1', etcd: 'etcd:3.6.6-0', coredns: 'coredns/coredns:v1.13.1' },
};

/** The pause image containerd is told to use where {@link kubeadmImages} does not know the minor. */
export const defaultPause = 'pause:3.10.1';

/** Oldest Kubernetes that is set up here: the oldest one seen working. */
export const oldestKubernetes = '1.20.0';

/** Oldest Kubernetes the Calico manifests of the catalogue apply to: policy/v1 is served from 1.21 on. */
export const oldestKubernetesForCalico = '1.21.0';
