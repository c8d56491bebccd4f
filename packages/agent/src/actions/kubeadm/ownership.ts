import type { ActionContext } from '../kit/action.ts';
import type { HostState } from './host-state.ts';
import { type KubeadmRecord, kubeadmRecord } from './records.ts';

/** Whose the traces of a cluster on a host are. */
export interface Ownership {
  /** Whether a record of ours says that our own kubeadm made the traces, so that a reset wipes nothing of others. */
  traces: boolean;
  /** The same of what is in etcd's directory. */
  etcdData: boolean;
}

/** Whether the CA on the host is the one of the record, as far as both are known. */
function fits({ ca }: KubeadmRecord, { caCertHashes }: HostState): boolean {
  return ca === null || caCertHashes.every((hash) => hash === ca);
}

/**
 * Tells what on the host our own kubeadm made and did not finish, or made for a worker that lost its credentials since.
 * A control plane that was finished is never among it, because it holds the cluster.
 */
export async function ownership(context: Pick<ActionContext, 'records'>, state: HostState): Promise<Ownership> {
  const init = await kubeadmRecord(context, 'kubeadm.init');
  const join = await kubeadmRecord(context, 'kubeadm.join');
  const initCutOff = init?.state === 'started' && fits(init, state);
  const joinCutOff = join?.state === 'started' && fits(join, state);
  // Without its hash, an older record does not say for which cluster the host had joined.
  const joined = join?.state === 'finished' && join.ca !== null && fits(join, state) && !state.controlPlane;
  return { traces: initCutOff || joinCutOff || joined, etcdData: initCutOff };
}

/** Whether a record of ours says that our own kubeadm made the cluster that the host is in, finished or not. */
export async function isOurCluster(context: Pick<ActionContext, 'records'>, state: HostState): Promise<boolean> {
  const records = [await kubeadmRecord(context, 'kubeadm.init'), await kubeadmRecord(context, 'kubeadm.join')];
  return records.some((record) => record !== undefined && fits(record, state));
}

/** Writes a list of paths for a person: the first ones, and how many more there are. */
export function somePaths(paths: readonly string[]): string {
  const shown = paths.slice(0, 4).join(', ');
  return paths.length > 4 ? `${shown} and ${paths.length - 4} more` : shown;
}

/** What to do about a cluster of others, whose files are never deleted. */
export const foreignHint =
  'whose are they? Move away what is to be kept; then, if nobody needs the rest, on this host: kubeadm reset -f';
