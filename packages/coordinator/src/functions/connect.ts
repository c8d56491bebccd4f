import { findKubeconfig } from '@vhive/base/kubernetes/kubeconfig';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { createKubernetesClient } from '@vhive/base/kubernetes/kubernetes-client';
import { KubernetesError } from '@vhive/base/kubernetes/kubernetes-error';
import { messageOf, VhiveError } from '@vhive/shared';

/** A cluster that answers. */
export interface FunctionCluster {
  api: KubernetesApi;
  /** The kubeconfig file it is reached with. */
  kubeconfig: string;
  /** The namespace of functions that name none: the one that was asked for, else that of the kubeconfig. */
  namespace: string;
  namespaceIsSaid: boolean;
}

/** The first answer may take so long, in milliseconds. */
const FIRST_ANSWER_MS = 10_000;

/**
 * Reaches the cluster of a kubeconfig file, as kubectl does. Throws `unreachable` where it does not answer, `refused`
 * where it lets these credentials not in, and `usage` where there is no such namespace.
 */
export async function connectCluster(
  wanted: { kubeconfig?: string | undefined; namespace?: string | undefined },
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<FunctionCluster> {
  const found = await findKubeconfig(wanted.kubeconfig, env);
  const namespace = wanted.namespace ?? found.namespace;
  const limit = AbortSignal.timeout(FIRST_ANSWER_MS);
  try {
    const api = await createKubernetesClient(found.path);
    const there = await api.get(
      { apiVersion: 'v1', kind: 'Namespace', name: namespace },
      { signal: AbortSignal.any([signal, limit]) },
    );
    if (there === undefined)
      throw new VhiveError({
        code: 'usage',
        message: `there is no namespace ${namespace} in the cluster`,
        hint: `kubectl create namespace ${namespace}`,
      });
    return { api, kubeconfig: found.path, namespace, namespaceIsSaid: wanted.namespace !== undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof VhiveError) throw error;
    const status = error instanceof KubernetesError ? error.status : undefined;
    const refused = status === 401 || status === 403;
    throw new VhiveError({
      code: refused ? 'refused' : 'unreachable',
      message: refused
        ? `the API server ${found.server} lets the credentials of ${found.path} not in: ${messageOf(error)}`
        : `the API server ${found.server} of ${found.path} does not answer${limit.aborted ? ` within ${FIRST_ANSWER_MS / 1000} s` : `: ${messageOf(error)}`}`,
      hint: refused
        ? 'take a newer copy of /etc/kubernetes/admin.conf of the master'
        : 'is the cluster up, and is this the right file? vhive-coord status; kubectl get nodes',
      cause: error,
    });
  }
}
