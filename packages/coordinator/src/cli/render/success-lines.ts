import { COORDINATOR, defined } from '@vhive/shared';
import { namesText } from '../follow/causes.ts';
import type { RunReport } from '../follow/run-report.ts';
import type { CommandWords } from './command-words.ts';
import type { Usable } from './noteworthy.ts';
import { wrapped } from './text-width.ts';

/** What a person wants to know of a cluster that is ready. */
export interface ReadyCluster {
  controlPlane: string;
  /** The version of Kubernetes, such as `1.35.3`. */
  kubernetes?: string | undefined;
  /** The user besides root who got a kubeconfig on the master. */
  operatorUser?: string | undefined;
  usable: Usable;
  /** Whether names lead to the gateway by sslip.io. */
  magicDomain: boolean;
  /** Whether the hosts are simulated, so that there is nothing to call. */
  simulated: boolean;
}

const INDENT = ' '.repeat(12);

/** Writes what is there now, where functions are called and what to type next, in at most 12 lines at 80 columns. */
export function successLines(report: RunReport, cluster: ReadyCluster, width: number, words: CommandWords): string[] {
  const facts: Record<string, string> = defined({
    Nodes: nodesText(report, cluster.controlPlane),
    Kubernetes: cluster.kubernetes,
    Kubeconfig: cluster.simulated ? undefined : kubeconfigText(cluster),
    ...functionFacts(cluster),
    Tasks: `${report.changed} changed something, ${report.unchanged} found nothing to do`,
  });
  const next = cluster.simulated ? [] : ['kubectl get nodes', ...(cluster.usable.gateway ? ['kn service list'] : [])];
  return [
    '',
    ...Object.entries(facts).flatMap(([name, text]) => wrapped(`${name.padEnd(INDENT.length)}${text}`, width, INDENT)),
    '',
    ...(cluster.simulated ? ['The hosts are simulated: there is no cluster to call.'] : []),
    ...[...next, words.coord('status')].map(
      (command, index) => (index === 0 ? 'Next:' : '').padEnd(INDENT.length) + command,
    ),
  ];
}

function nodesText({ nodes }: RunReport, controlPlane: string): string {
  const workers = nodes.map(({ name }) => name).filter((name) => name !== controlPlane && name !== COORDINATOR);
  return workers.length === 0
    ? `${controlPlane}, control plane and worker in one`
    : `${controlPlane} (control plane), ${namesText(workers, 3)}`;
}

function kubeconfigText({ controlPlane, operatorUser }: ReadyCluster): string {
  const other = operatorUser === undefined ? '' : `, and that of ${operatorUser}`;
  return `/root/.kube/config on ${controlPlane}${other}`;
}

function functionFacts({ usable: { gateway, answer }, magicDomain }: ReadyCluster): Record<string, string> {
  if (gateway === undefined) return {};
  return {
    // The name has the gateway's address in it.
    ...(magicDomain
      ? { Functions: `http://<function>.<namespace>.${gateway}.sslip.io` }
      : { Functions: 'under the domain of the cluster file', Gateway: gateway }),
    ...(answer === undefined ? {} : { Proof: `a function answered in ${Math.round(answer.callMs)} ms` }),
  };
}
