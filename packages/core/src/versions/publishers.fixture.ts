/** How a publisher names its files, for tests: written down from the publisher's own words, not from the catalogue. */
export interface Publisher {
  /** The names in the catalogue of the files that this is about. */
  files: readonly string[];
  /** What the address is like. `V` stands for a version, `A` for amd64 or arm64, `M` for x86_64 or aarch64, `*` for the file. */
  address: string;
  /** What follows the address, or stands in place of its last part, where the publisher has its checksums. */
  checksum: { suffix: string } | { name: string } | { pointer: string } | 'none';
  /** Where the publisher says so: a file of its repository, or its pages. */
  source: string;
}

const release = 'https://github.com';
const vhive = 'githubusercontent.com';

/** The publishers of everything in the catalogue. */
export const publishers: readonly Publisher[] = [
  {
    files: ['kubeadm', 'kubelet', 'kubectl'],
    address: 'https://dl.k8s.io/release/vV/bin/linux/A/*',
    checksum: { suffix: '.sha256' },
    source:
      'https://kubernetes.io/docs/tasks/tools/install-kubectl-linux/ (curl -LO dl.k8s.io/release/…/kubectl.sha256)',
  },
  {
    files: ['containerd'],
    address: `${release}/containerd/containerd/releases/download/vV/containerd-V-linux-A.tar.gz`,
    checksum: { suffix: '.sha256sum' },
    source: 'containerd/containerd docs/getting-started.md, .github/workflows/release.yml',
  },
  {
    files: ['runc'],
    address: `${release}/opencontainers/runc/releases/download/vV/runc.A`,
    checksum: { name: 'runc.sha256sum' },
    source: 'opencontainers/runc script/release_build.sh (build_project; "$hashcmd" … > "$project.$hashcmd")',
  },
  {
    files: ['cni-plugins'],
    address: `${release}/containernetworking/plugins/releases/download/vV/cni-plugins-linux-A-vV.tgz`,
    checksum: { suffix: '.sha256' },
    source: 'containernetworking/plugins scripts/release.sh (FILENAME; sha256sum $f > $f.sha256)',
  },
  {
    files: ['crictl'],
    address: `${release}/kubernetes-sigs/cri-tools/releases/download/vV/crictl-vV-linux-A.tar.gz`,
    checksum: { suffix: '.sha256' },
    source: 'kubernetes-sigs/cri-tools docs/crictl.md (Install crictl); the assets of its releases',
  },
  {
    files: ['calico-manifest'],
    address: 'https://raw.githubusercontent.com/projectcalico/calico/vV/manifests/calico.yaml',
    checksum: 'none',
    source: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/self-managed-onprem/onpremises',
  },
  {
    files: ['runsc', 'containerd-shim-runsc-v1'],
    address: 'https://storage.googleapis.com/gvisor/releases/release/V/M/*',
    checksum: { suffix: '.sha512' },
    source: 'https://gvisor.dev/docs/user_guide/install/ (URL=…/release/<date>/<machine as uname -m says>)',
  },
  {
    files: ['stargz-snapshotter'],
    address: `${release}/containerd/stargz-snapshotter/releases/download/vV/stargz-snapshotter-vV-linux-A.tar.gz`,
    checksum: { suffix: '.sha256sum' },
    source: 'containerd/stargz-snapshotter .github/workflows/release.yml (TAR_FILE_NAME, SHA256SUM_FILE_NAME)',
  },
  {
    files: [
      ...['firecracker', 'jailer', 'containerd-shim-aws-firecracker', 'firecracker-containerd', 'firecracker-ctr'],
      ...['default-rootfs.img', 'demux-snapshotter', 'http-address-resolver'],
    ],
    address: `https://media.${vhive}/media/vhive-serverless/vHive/V/bin/*`,
    checksum: { pointer: `https://raw.${vhive}/vhive-serverless/vHive/V/bin/*` },
    source: 'vhive-serverless/vHive bin/ at the pinned commit (pointers of Git LFS, bin/.gitattributes)',
  },
  {
    files: ['vhive-kernel'],
    address: `https://media.${vhive}/media/vhive-serverless/vHive/V/bin/{value}`,
    checksum: { pointer: `https://raw.${vhive}/vhive-serverless/vHive/V/bin/{value}` },
    source: 'vhive-serverless/vHive bin/vmlinux-5.10.186 at the pinned commit',
  },
  {
    files: ['hello-vmlinux'],
    address: 'https://s3.amazonaws.com/spec.ccfc.min/img/hello/kernel/hello-vmlinux.bin',
    checksum: 'none',
    source: 'vhive-serverless/vHive configs/setup/vhive.json of the legacy branch (FirecrackerKernelImgDownloadUrl)',
  },
  {
    files: ['vhive-source'],
    address: `${release}/vhive-serverless/vHive/archive/V.tar.gz`,
    checksum: 'none',
    source: 'https://docs.github.com/en/repositories/working-with-files/using-files/downloading-source-code-archives',
  },
  {
    files: ['vhive-modules'],
    address: 'https://proxy.golang.org/.vhive/vhive-serverless/vHive/V/modules.tar.gz',
    checksum: 'none',
    source: 'nobody: only `mirror pull` makes it, and it is never asked for on the internet (optional)',
  },
  {
    files: ['go'],
    address: 'https://dl.google.com/go/goV.linux-A.tar.gz',
    checksum: { suffix: '.sha256' },
    source:
      'golang/go issue 41894, golang/website internal/dl/dl.go: go.dev/dl serves no .sha256, dl.google.com/go does',
  },
  {
    files: ['metallb-native'],
    address: 'https://raw.githubusercontent.com/metallb/metallb/vV/config/manifests/metallb-native.yaml',
    checksum: 'none',
    source: 'https://metallb.io/installation/#installation-by-manifest',
  },
  {
    files: ['istioctl'],
    address: `${release}/istio/istio/releases/download/V/istioctl-V-linux-A.tar.gz`,
    checksum: { suffix: '.sha256' },
    source: 'istio/istio release/downloadIstioCtl.sh; the assets of its releases',
  },
  {
    files: ['serving-crds', 'serving-core'],
    address: `${release}/knative/serving/releases/download/knative-vV/*.yaml`,
    checksum: 'none',
    source: 'https://knative.dev/docs/install/yaml-install/serving/install-serving-with-yaml/',
  },
  {
    files: ['net-istio'],
    address: `${release}/knative-extensions/net-istio/releases/download/knative-vV/net-istio.yaml`,
    checksum: 'none',
    source: 'https://knative.dev/docs/install/yaml-install/serving/install-serving-with-yaml/ (Istio)',
  },
  {
    files: ['eventing-crds', 'eventing-core', 'in-memory-channel', 'mt-channel-broker'],
    address: `${release}/knative/eventing/releases/download/knative-vV/*.yaml`,
    checksum: 'none',
    source: 'https://knative.dev/docs/install/yaml-install/eventing/install-eventing-with-yaml/',
  },
  {
    files: ['kn'],
    address: `${release}/knative/client/releases/download/knative-vV/kn-linux-A`,
    checksum: { name: 'checksums.txt' },
    source: 'knative/client hack/release.sh (kn-linux-amd64); the assets of its releases (checksums.txt)',
  },
  {
    files: ['metrics-server'],
    address: `${release}/kubernetes-sigs/metrics-server/releases/download/vV/components.yaml`,
    checksum: 'none',
    source: 'kubernetes-sigs/metrics-server README.md (Installation)',
  },
  {
    files: ['helm'],
    address: 'https://get.helm.sh/helm-vV-linux-A.tar.gz',
    checksum: { suffix: '.sha256sum' },
    source: 'helm/helm Makefile (checksum: .sha256 and .sha256sum beside each archive), scripts/get-helm-3',
  },
  {
    files: ['kube-prometheus-stack'],
    address: `${release}/prometheus-community/helm-charts/releases/download/kube-prometheus-stack-V/kube-prometheus-stack-V.tgz`,
    checksum: 'none',
    source: 'prometheus-community/helm-charts .github/workflows/release.yaml (chart-releaser: <chart>-<version>)',
  },
  {
    files: ['nvidia-device-plugin'],
    address:
      'https://raw.githubusercontent.com/NVIDIA/k8s-device-plugin/vV/deployments/static/nvidia-device-plugin.yml',
    checksum: 'none',
    source: 'NVIDIA/k8s-device-plugin README.md (Enabling GPU Support in Kubernetes)',
  },
  {
    files: ['nvidia-apt-key'],
    address: 'https://nvidia.github.io/libnvidia-container/gpgkey',
    checksum: 'none',
    source: 'https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html',
  },
  {
    files: ['nats-server'],
    address: `${release}/nats-io/nats-server/releases/download/vV/nats-server-vV-linux-A.tar.gz`,
    checksum: { name: 'SHA256SUMS' },
    source: 'nats-io/nats-server .goreleaser.yml (archives, checksum)',
  },
];

/** The hub of Istio's images that stays, and the ones that end. Source: istio/istio issue 61467. */
export const istioHubs = {
  stays: 'docker.io/istio',
  end: ['gcr.io/istio-release', 'registry.istio.io/release'],
} as const;
