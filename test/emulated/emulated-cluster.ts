import { catalogue } from '@vhive/core/versions/catalogue';
import { VHIVE_REPOSITORY } from '@vhive/shared';
import type { LabCluster } from '../lab/cluster/lab-cluster.ts';
import type { PodPlace } from '../lab/cluster/pods.ts';

/** Returns the address at which vHive publishes one of the programs of microVMs. */
export function firecrackerFile(name: keyof typeof catalogue.vhiveBinaries.files): string {
  const { version, files } = catalogue.vhiveBinaries;
  return files[name].url.replaceAll('{repository}', VHIVE_REPOSITORY).replaceAll('{version}', version);
}

/** Runs a pod that does nothing on one node, and waits for it as long as a slow node may take. */
export async function pauseOn(cluster: LabCluster, node: string): Promise<PodPlace> {
  const name = `on-${node}`;
  const spec = { nodeName: node, containers: [{ name, image: 'registry.k8s.io/pause:3.10.1' }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
  await cluster.run('host-1', ['kubectl', 'apply', '-f', '-'], { input: JSON.stringify(pod) });
  await cluster.kubectl('wait', `pod/${name}`, '--for=condition=Ready', '--timeout=600s');
  const address = await cluster.kubectl('get', 'pod', name, '-o', 'jsonpath={.status.podIP}');
  return { name, node, address, container: name };
}
