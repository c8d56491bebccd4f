import type { LabCluster } from './lab-cluster.ts';

/** A pod as it runs. */
export interface PodPlace {
  name: string;
  node: string;
  address: string;
  /** The name of its one container. */
  container: string;
}

/** Writes a deployment of pods that do nothing, one on each of so many nodes, the master included. */
export function spread(replicas: number): string {
  const labels = { app: 'spread' };
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'spread' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: labels },
            },
          ],
          containers: [{ name: 'spread', image: 'registry.k8s.io/pause:3.10.1' }],
        },
      },
    },
  });
}

/** Applies objects and waits until the deployment called `name` is available. */
export async function deploy(cluster: LabCluster, name: string, objects: string): Promise<void> {
  await cluster.run('host-1', ['kubectl', 'apply', '-f', '-'], { input: objects });
  await cluster.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=120s');
}

/** Returns the running pods with a label, with their nodes and addresses. */
export async function podsOf(cluster: LabCluster, label: string): Promise<PodPlace[]> {
  const text = await cluster.kubectl(
    'get',
    'pods',
    '-l',
    label,
    '--field-selector',
    'status.phase=Running',
    '-o',
    'json',
  );
  const { items } = JSON.parse(text) as {
    items: {
      metadata: { name: string };
      spec: { nodeName: string; containers: { name: string }[] };
      status: { podIP: string };
    }[];
  };
  return items.map(({ metadata, spec, status }) => {
    const container = spec.containers[0]?.name ?? '';
    return { name: metadata.name, node: spec.nodeName, address: status.podIP, container };
  });
}

/**
 * Runs a program of the host in a pod's network. It finds the pod by its container's name, which no other container on
 * its node has.
 */
export async function inPod(cluster: LabCluster, pod: PodPlace, argv: readonly string[]): Promise<string> {
  const container = await cluster.run(pod.node, ['crictl', 'ps', '--quiet', '--name', pod.container]);
  const pid = await cluster.shell(pod.node, `crictl inspect ${container} | jq .info.pid`);
  return await cluster.run(pod.node, ['nsenter', `--target=${pid}`, '--net', '--', ...argv]);
}

/** Returns what the cluster's DNS says of a name. It is asked from within a pod by way of the service's address. */
export async function resolveInPod(cluster: LabCluster, pod: PodPlace, name: string): Promise<string[]> {
  const script = `
    const resolver = new (require('node:dns/promises').Resolver)({ timeout: 3_000, tries: 2 });
    resolver.setServers(['10.96.0.10']);
    resolver.resolve4(${JSON.stringify(name)}).then((addresses) => console.log(JSON.stringify(addresses)));
  `;
  return JSON.parse(await inPod(cluster, pod, ['/usr/local/lib/vhive/lib/node', '-e', script])) as string[];
}
