import type { Facts, HostFinding } from '@vhive/shared';

/** Distributions of Kubernetes, which take the ports and the networks that ours needs, with how each is removed. */
const distributions = {
  k3s: 'k3s-uninstall.sh or k3s-agent-uninstall.sh',
  rke2: 'rke2-uninstall.sh',
  k0s: 'k0s stop && k0s reset',
  microk8s: 'snap remove microk8s',
} as const;

/** Container engines that may run beside ours, with what to do where nobody needs them. */
const neighbours = {
  docker: 'systemctl disable --now docker.service docker.socket',
  crio: 'systemctl disable --now crio.service',
  'cri-dockerd': 'systemctl disable --now cri-docker.service cri-docker.socket',
} as const;

const isIn = <Engines extends object>(engines: Engines, engine: string): engine is Extract<keyof Engines, string> =>
  Object.hasOwn(engines, engine);

/**
 * Reports container engines of others on the host.
 * @param joined whether the host is a node of a cluster, on which another one evidently does no harm
 */
export function engineFindings({ containerEngines }: Pick<Facts, 'containerEngines'>, joined: boolean): HostFinding[] {
  return containerEngines.flatMap((engine): HostFinding[] => {
    if (isIn(distributions, engine))
      return [
        {
          check: engine,
          level: joined ? 'warning' : 'error',
          message: `${engine}, another Kubernetes, runs here: it takes the ports and the packet filter that this one needs`,
          hint: `leave this host out; or, if its workloads may go: ${distributions[engine]}`,
        },
      ];
    if (!isIn(neighbours, engine)) return [];
    return [
      {
        check: engine,
        level: 'warning',
        message: `${engine === 'docker' ? 'a Docker engine' : engine} runs here: its address translation and its networks can get into the way of Kubernetes`,
        hint: `if nothing needs it: ${neighbours[engine]}`,
      },
    ];
  });
}
