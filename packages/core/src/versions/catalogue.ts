/**
 * This is the only file that holds versions and addresses of components. In an address, `{version}`, `{arch}` (as Debian
 * names it: amd64, arm64), `{machine}` (as the kernel names it: x86_64, aarch64) `{repository}`
 * (that of vHive) and `{kernel}` (the name of microVMs' kernel in vHive's bin/) are filled in. `versions` in the cluster file overrides the versions here. Where the names of the addresses come from is
 * in `publishers.fixture.ts`.
 */

import { VHIVE_COMMIT } from '@vhive/shared';

/** A file that a publisher offers. */
export interface PublishedFile {
  url: string;
  /**
   * The address of the publisher's checksum file. Where it is absent, there is none and only the lock file guards the
   * file.
   */
  checksumUrl?: string;
  checksumAlgorithm?: 'sha256' | 'sha512';
  /** Where the file lies in git LFS, the address of its pointer, which holds its digest. */
  lfsPointerUrl?: string;
  /** Whether only mirror trees have the file, and may lack it too. */
  optional?: boolean;
}

/** A component, with its known-good version and the addresses of its files. */
export interface Component {
  /** The name that people use for it. */
  title: string;
  version: string;
  files: Readonly<Record<string, PublishedFile>>;
  /**
   * What chooses the version. It is `versions` in the cluster file under the component's name (the default), its
   * `firecracker.vhiveRef` (a branch, tag or commit), or nothing but this release.
   */
  versionFrom?: 'versions' | 'vhiveRef' | 'release';
  /** What an operator who sets the version should know. The schema of the cluster file shows it. */
  versionNote?: string;
  /** Whether the publisher does not count major.minor.patch, because versions are dates or the tags of an image. */
  ownCounting?: true;
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

const stargz = `${github('containerd/stargz-snapshotter')}/stargz-snapshotter-v{version}-linux-{arch}.tar.gz`;
const gvisor = (name: string): PublishedFile => {
  const url = `https://storage.googleapis.com/gvisor/releases/release/{version}/{machine}/${name}`;
  return { url, checksumUrl: `${url}.sha512`, checksumAlgorithm: 'sha512' };
};
const knative = (project: string, name: string): PublishedFile => ({
  url: `https://github.com/${project}/releases/download/knative-v{version}/${name}.yaml`,
});
const istioctl = 'https://github.com/istio/istio/releases/download/{version}/istioctl-{version}-linux-{arch}.tar.gz';
const helm = 'https://get.helm.sh/helm-v{version}-linux-{arch}.tar.gz';
const vhiveBinary = (name: string): PublishedFile => ({
  url: `https://media.githubusercontent.com/media/{repository}/{version}/bin/${name}`,
  lfsPointerUrl: `https://raw.githubusercontent.com/{repository}/{version}/bin/${name}`,
});

/** A set of versions that are known to work together. */
export const catalogue = {
  kubernetes: {
    title: 'Kubernetes',
    version: '1.35.3',
    versionNote: 'The version of kubeadm, kubelet, kubectl and the images of the control plane',
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
  /** This version of crictl is the one for the Kubernetes above; for others see `crictlVersions`. */
  crictl: {
    title: 'crictl',
    version: '1.35.0',
    versionNote: 'The default is the newest known version for the Kubernetes minor',
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
  gvisor: {
    title: 'gVisor',
    version: '20260420',
    versionNote: 'The version is a date such as 20260420',
    ownCounting: true,
    files: { runsc: gvisor('runsc'), 'containerd-shim-runsc-v1': gvisor('containerd-shim-runsc-v1') },
  },
  stargz: {
    title: 'stargz snapshotter',
    version: '0.15.1',
    versionNote: 'The version of stargz-snapshotter',
    files: { 'stargz-snapshotter': { url: stargz, checksumUrl: `${stargz}.sha256sum` } },
  },
  vhiveBinaries: {
    title: 'Firecracker for vHive',
    version: VHIVE_COMMIT,
    versionFrom: 'vhiveRef',
    files: {
      firecracker: vhiveBinary('firecracker'),
      jailer: vhiveBinary('jailer'),
      'containerd-shim-aws-firecracker': vhiveBinary('containerd-shim-aws-firecracker'),
      'firecracker-containerd': vhiveBinary('firecracker-containerd'),
      'firecracker-ctr': vhiveBinary('firecracker-ctr'),
      'default-rootfs.img': vhiveBinary('default-rootfs.img'),
    },
  },
  /** The kernel that microVMs boot. The source tree says what it is called in its bin/. */
  vhiveKernel: {
    title: 'Kernel of microVMs',
    version: VHIVE_COMMIT,
    versionFrom: 'vhiveRef',
    files: { 'vhive-kernel': vhiveBinary('{kernel}') },
  },
  /**
   * The kernel that microVMs of the legacy branch boot. That branch has none in its bin/; its configs/setup/vhive.json
   * names this one.
   */
  vhiveLegacyKernel: {
    title: 'Kernel of microVMs (legacy)',
    version: 'hello',
    versionFrom: 'release',
    files: {
      'hello-vmlinux': { url: 'https://s3.amazonaws.com/spec.ccfc.min/img/hello/kernel/hello-vmlinux.bin' },
    },
  },
  /** The programs that mount eStargz images within microVMs. */
  vhiveStargzBinaries: {
    title: 'eStargz for vHive',
    version: VHIVE_COMMIT,
    versionFrom: 'vhiveRef',
    files: {
      'demux-snapshotter': vhiveBinary('demux-snapshotter'),
      'http-address-resolver': vhiveBinary('http-address-resolver'),
    },
  },
  vhiveSource: {
    title: 'vHive',
    version: VHIVE_COMMIT,
    versionFrom: 'vhiveRef',
    files: {
      'vhive-source': { url: 'https://github.com/{repository}/archive/{version}.tar.gz' },
      // `mirror pull` makes this file. It holds the modules that the build needs, in the layout of a file GOPROXY.
      'vhive-modules': { url: 'https://proxy.golang.org/.vhive/{repository}/{version}/modules.tar.gz', optional: true },
    },
  },
  go: {
    title: 'Go',
    version: '1.26.2',
    versionNote: 'Go is only used to compile vHive. The default is the version that vHive’s source asks for',
    files: {
      go: {
        // go.dev/dl redirects to these files but has no checksums: what it answers for them is a web page.
        url: 'https://dl.google.com/go/go{version}.linux-{arch}.tar.gz',
        checksumUrl: 'https://dl.google.com/go/go{version}.linux-{arch}.tar.gz.sha256',
      },
    },
  },
  metallb: {
    title: 'MetalLB',
    version: '0.15.3',
    files: {
      'metallb-native': {
        url: 'https://raw.githubusercontent.com/metallb/metallb/v{version}/config/manifests/metallb-native.yaml',
      },
    },
  },
  istio: {
    title: 'Istio',
    version: '1.29.2',
    files: { istioctl: { url: istioctl, checksumUrl: `${istioctl}.sha256` } },
  },
  knativeServing: {
    title: 'Knative Serving',
    version: '1.21.2',
    files: {
      'serving-crds': knative('knative/serving', 'serving-crds'),
      'serving-core': knative('knative/serving', 'serving-core'),
    },
  },
  netIstio: {
    title: 'net-istio',
    version: '1.21.2',
    files: { 'net-istio': knative('knative-extensions/net-istio', 'net-istio') },
  },
  knativeEventing: {
    title: 'Knative Eventing',
    version: '1.21.2',
    files: {
      'eventing-crds': knative('knative/eventing', 'eventing-crds'),
      'eventing-core': knative('knative/eventing', 'eventing-core'),
      'in-memory-channel': knative('knative/eventing', 'in-memory-channel'),
      'mt-channel-broker': knative('knative/eventing', 'mt-channel-broker'),
    },
  },
  kn: {
    title: 'kn',
    version: '1.21.0',
    versionNote: 'The version of the kn command line on the control plane',
    files: {
      kn: {
        url: 'https://github.com/knative/client/releases/download/knative-v{version}/kn-linux-{arch}',
        checksumUrl: 'https://github.com/knative/client/releases/download/knative-v{version}/checksums.txt',
      },
    },
  },
  /** This component and some below are images only, so they have no files. */
  queueProxy: {
    title: 'vHive’s queue-proxy',
    version: '1.21-firecracker',
    versionNote: "The tag of vHive's queue-proxy for Firecracker, such as 1.21-firecracker",
    ownCounting: true,
    files: {},
  },
  registry: {
    title: 'image registry',
    version: '2.8.3',
    versionNote: 'The tag of the image of the image registry',
    ownCounting: true,
    files: {},
  },
  zipkin: { title: 'Zipkin', version: '3.5.1', ownCounting: true, files: {} },
  otelCollector: {
    title: 'OpenTelemetry collector',
    version: '0.130.0',
    versionNote: 'The collector only runs beside Zipkin, where it takes the traces that Knative sends',
    files: {},
  },
  metricsServer: {
    title: 'metrics-server',
    version: '0.8.0',
    files: {
      'metrics-server': {
        url: 'https://github.com/kubernetes-sigs/metrics-server/releases/download/v{version}/components.yaml',
      },
    },
  },
  helm: {
    title: 'Helm',
    version: '3.18.4',
    versionNote: 'Helm is only used to render charts',
    files: { helm: { url: helm, checksumUrl: `${helm}.sha256sum` } },
  },
  prometheusStack: {
    title: 'kube-prometheus-stack',
    version: '75.15.1',
    versionNote: 'The version of the chart kube-prometheus-stack',
    files: {
      'kube-prometheus-stack': {
        url: 'https://github.com/prometheus-community/helm-charts/releases/download/kube-prometheus-stack-{version}/kube-prometheus-stack-{version}.tgz',
      },
    },
  },
  nvidiaDevicePlugin: {
    title: 'NVIDIA device plugin',
    version: '0.17.3',
    files: {
      'nvidia-device-plugin': {
        url: 'https://raw.githubusercontent.com/NVIDIA/k8s-device-plugin/v{version}/deployments/static/nvidia-device-plugin.yml',
      },
      'nvidia-apt-key': { url: 'https://nvidia.github.io/libnvidia-container/gpgkey' },
    },
  },
  natsServer: {
    title: 'nats-server',
    version: '2.12.3',
    versionFrom: 'release',
    files: {
      'nats-server': {
        url: `${nats}/nats-server-v{version}-linux-{arch}.tar.gz`,
        checksumUrl: `${nats}/SHA256SUMS`,
      },
    },
  },
} as const satisfies Record<string, Component>;

/** A catalogue: components by name. It is the one above, or a longer one in tests. */
export type Catalogue = Readonly<Record<string, Component>>;
/** The name of a component of the catalogue. */
export type ComponentName = keyof typeof catalogue;
/** The name of a file of the catalogue. No two components have a file of the same name. */
export type FileName = { [Name in ComponentName]: keyof (typeof catalogue)[Name]['files'] }[ComponentName];

/**
 * The releases of cri-tools, by Kubernetes minor, that are not `<Kubernetes minor>.0`:
 * https://github.com/kubernetes-sigs/cri-tools/releases
 */
export const crictlVersions: Readonly<Record<string, string>> = {
  '1.24': '1.24.2',
  '1.26': '1.26.1',
  '1.27': '1.27.1',
  '1.30': '1.30.1',
  '1.31': '1.31.1',
};

/**
 * The images that kubeadm of a Kubernetes minor runs beside those of Kubernetes itself, each as path and tag below the
 * repository.
 */
export interface KubeadmImages {
  etcd: string;
  coredns: string;
}

/**
 * These images by Kubernetes minor, from cmd/kubeadm/app/constants/constants.go of the release. A minor may be missing
 * here: kubeadm then pulls its images itself.
 */
export const kubeadmImages: Readonly<Record<string, KubeadmImages>> = {
  '1.20': { etcd: 'etcd:3.4.13-0', coredns: 'coredns:1.7.0' },
  // This is the etcd of 1.25.5 to 1.25.14, among which is the 1.25.9 of vHive's legacy branch.
  '1.25': { etcd: 'etcd:3.5.6-0', coredns: 'coredns/coredns:v1.9.3' },
  '1.35': { etcd: 'etcd:3.6.6-0', coredns: 'coredns/coredns:v1.13.1' },
};

/**
 * The pause images of kubeadm by the first minor that has them, newest first (from the same source). containerd must
 * use the same image.
 */
export const pauseImages: readonly (readonly [since: string, pause: string])[] = [
  ['1.34.0', 'pause:3.10.1'],
  ['1.31.0', 'pause:3.10'],
  ['1.26.0', 'pause:3.9'],
  ['1.25.0', 'pause:3.8'],
  ['1.24.0', 'pause:3.7'],
  ['1.23.0', 'pause:3.6'],
  ['1.22.0', 'pause:3.5'],
  ['1.21.0', 'pause:3.4.1'],
  ['0.0.0', 'pause:3.2'],
];

/** The oldest Kubernetes that is set up, which is the oldest one that was seen working. */
export const oldestKubernetes = '1.20.0';

/**
 * The oldest Kubernetes to which the Calico manifests of the catalogue can be applied: policy/v1 is served from 1.21
 * on.
 */
export const oldestKubernetesForCalico = '1.21.0';

/** The oldest Kubernetes on which each minor of Knative starts: https://endoflife.date/knative */
export const oldestKubernetesForKnative: Readonly<Record<string, string>> = {
  '1.21': '1.33.0',
  '1.20': '1.32.0',
  '1.19': '1.32.0',
  '1.18': '1.31.0',
  '1.17': '1.30.0',
  '1.16': '1.29.0',
  '1.15': '1.28.0',
  '1.14': '1.28.0',
  '1.13': '1.27.0',
  '1.12': '1.26.0',
};

/**
 * The versions that vHive's legacy branch works with, from its configs/setup/{system,kube,knative}.json. It has Calico
 * from elsewhere, so that version is the newest one tested with its Kubernetes. The branch speaks only CRI v1alpha2 on
 * both sides, which kubelets lost with 1.26 and containerd with 2.0.
 */
export const legacyVersions: Readonly<Partial<Record<ComponentName, string>>> = {
  kubernetes: '1.25.9',
  containerd: '1.6.18',
  runc: '1.1.4',
  cniPlugins: '1.2.0',
  calico: '3.26.4',
  metallb: '0.13.9',
  istio: '1.16.3',
  knativeServing: '1.9.2',
  netIstio: '1.9.2',
  knativeEventing: '1.9.2',
  kn: '1.9.2',
  queueProxy: 'sha256:41259c52c99af616fae4e7a44e40c0e90eb8f5593378a4f3de5dbf35ab1df49c',
};

/** The first versions that do not speak CRI v1alpha2 any more. */
export const firstWithoutOldCri = { kubernetes: '1.26.0', containerd: '2.0.0' } as const;
