import type { HostFinding } from '@vhive/shared';
import type { Host } from '../../host/host.ts';

/** The directory of CNI configurations, of which containerd takes the first by name. */
const DIRECTORY = '/etc/cni/net.d';

/** The configurations of our own pod networks, by file, with the values of `network.plugin` that they belong to. */
const own: Readonly<Record<string, string>> = { '10-calico.conflist': 'calico', '10-vhive.conflist': 'bridge' };

/**
 * Reports CNI configurations that are not those of the wanted pod network. One whose name comes first would win; the
 * nodes would be Ready, and no pod would start. Any other one would be used until the wanted one is there.
 * @param wanted the file of the wanted pod network; null where none is known
 * @param joined whether the host is a node of a cluster, which keeps its pod network
 */
export async function cniFindings(host: Host, wanted: string | null, joined: boolean): Promise<HostFinding[]> {
  if (wanted === null) return [];
  const names = (await host.list(DIRECTORY)).filter((name) => /\.(conf|conflist|json)$/.test(name) && name !== wanted);
  return names.flatMap((name): HostFinding[] => {
    const network = own[name];
    if (network !== undefined && joined)
      return [
        {
          check: 'cni',
          level: 'error',
          message: `the pod network of this node is ${network} (${DIRECTORY}/${name}), and ${own[wanted] ?? wanted} is wanted: a living cluster keeps its pod network`,
          hint: `set network.plugin: ${network} in the cluster file`,
        },
      ];
    const wins = name < wanted;
    return [
      {
        check: 'cni',
        level: wins ? 'error' : 'warning',
        message: `${DIRECTORY}/${name} is the configuration of another pod network, and ${wins ? `comes before ${wanted}: no pod would get an address` : `is used until ${wanted} is there`}`,
        hint: `if nothing needs it: mv ${DIRECTORY}/${name} /root/`,
      },
    ];
  });
}
