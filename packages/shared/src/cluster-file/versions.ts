import * as z from 'zod';
import { version } from './fields.ts';

const own = (what?: string) => (what === undefined ? version.optional() : version.optional().describe(what));

/** Versions of the components; absent: the catalogue's known-good set (one data file of the coordinator). */
export const versionOverrides = z.strictObject({
  kubernetes: own('kubeadm, kubelet, kubectl and the control plane images'),
  containerd: own(),
  runc: own(),
  cniPlugins: own(),
  crictl: own('Default: the newest known of the Kubernetes minor'),
  calico: own(),
  gvisor: own('A date such as 20260420'),
  stargz: own('stargz-snapshotter'),
  go: own('Only to compile vHive'),
  metallb: own(),
  istio: own(),
  knativeServing: own(),
  netIstio: own(),
  knativeEventing: own(),
  kn: own('The kn command line on the control plane'),
  queueProxy: own("Tag of vHive's queue-proxy for Firecracker, such as 1.21-firecracker"),
  registry: own('Tag of the image registry'),
  zipkin: own(),
  otelCollector: own('Only beside Zipkin: it takes the traces that Knative sends'),
  metricsServer: own(),
  helm: own('Only to render charts'),
  prometheusStack: own('Chart kube-prometheus-stack'),
  nvidiaDevicePlugin: own(),
});
