import { createTransport } from './kubernetes-transport.ts';

/** Asks kubelets what their node and its pods use. */
export interface KubeletSummaries {
  /**
   * Returns the answer of a node's kubelet to `/stats/summary`, which the API server asks for us. Throws a
   * KubernetesError where there is none.
   */
  of(node: string, signal: AbortSignal): Promise<unknown>;
}

/** Makes a reader of kubelets' summaries from a kubeconfig file. */
export async function openKubeletSummaries(kubeconfig: string): Promise<KubeletSummaries> {
  const transport = await createTransport(kubeconfig);
  return {
    of: (node, signal) =>
      transport.json({ path: `/api/v1/nodes/${encodeURIComponent(node)}/proxy/stats/summary`, signal }),
  };
}
