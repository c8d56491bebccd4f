/**
 * What a change of a field does on a cluster that lives.
 * - `applied`: the next run brings it about.
 * - `adds`: what it turns on is set up; what it turns off stays where it is, because nothing is taken down.
 * - `members`: it was given to each node when the node joined, so it stays while such nodes are in the cluster.
 * - `addresses`: the same, as far as the address of a node would be another.
 * - `control-plane`: kubeadm init was given it, so it stays as long as the control plane.
 */
export type Changeability = 'applied' | 'adds' | 'members' | 'addresses' | 'control-plane';

/**
 * What can be changed on a cluster that lives, by field. A field holds for everything below it that has no line of its
 * own. A test refuses a field of the cluster file that is in no line.
 */
export const changeableFields: Readonly<Record<string, Changeability>> = {
  name: 'control-plane',
  sandbox: 'members',
  stargz: 'adds',
  nodes: 'applied',
  controlPlane: 'control-plane',
  lan: 'addresses',
  network: 'control-plane',
  // kubeadm init puts these into the cluster's own configuration, and nothing of ours writes them again.
  'kubernetes.imageRepository': 'control-plane',
  'kubernetes.kubeletConfiguration': 'control-plane',
  'kubernetes.kubeProxyConfiguration': 'control-plane',
  'kubernetes.maxPods': 'control-plane',
  'kubernetes.containerLogMaxSize': 'control-plane',
  'kubernetes.nodeLabels': 'applied',
  'kubernetes.kubeconfigOnWorkers': 'adds',
  'kubernetes.operatorUser': 'adds',
  preflight: 'applied',
  limits: 'applied',
  firecracker: 'applied',
  loadBalancer: 'applied',
  'loadBalancer.enabled': 'adds',
  istio: 'applied',
  knative: 'applied',
  'knative.enabled': 'adds',
  'knative.eventing': 'adds',
  registry: 'applied',
  'registry.local': 'adds',
  'registry.cache': 'adds',
  images: 'adds',
  ready: 'applied',
  extras: 'adds',
  proxy: 'applied',
  manifestPatches: 'applied',
  versions: 'applied',
};

/** Returns what a change of a field does. The name is a path with dots, such as `network.podCidr`. */
export function changeabilityOf(field: string): Changeability | undefined {
  for (let name = field; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('.')))) {
    const found = Object.hasOwn(changeableFields, name) ? changeableFields[name] : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
