import type { KubeletSummaries } from '@vhive/base/kubernetes/kubelet-summary';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { sleep } from '@vhive/base/retry/sleep';
import { kubeletRows } from '@vhive/core/experiments/usage-rows';
import { messageOf } from '@vhive/shared';

/**
 * Kubelets are asked this often, in milliseconds. They themselves look every ten seconds or so; each row has the time at
 * which they did.
 */
const INTERVAL_MS = 5_000;

/**
 * Tells what nodes and pods use, as lines of CSV, until the signal aborts; nodes that tell it otherwise are left out. A kubelet that does not answer is told once
 * and asked again; it never rejects.
 */
export async function watchKubeletUsage(
  api: Pick<KubernetesApi, 'list'>,
  summaries: KubeletSummaries,
  isTold: (node: string) => boolean,
  tell: (lines: string) => void,
  complain: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const silent = new Set<string>();
  while (!signal.aborted) {
    const nodes = await api.list({ apiVersion: 'v1', kind: 'Node' }, { signal, metadataOnly: true }).catch(() => []);
    await Promise.all(
      nodes.map(async ({ metadata: { name } }) => {
        if (isTold(name)) return;
        try {
          tell(kubeletRows(name, await summaries.of(name, signal)));
        } catch (error) {
          if (signal.aborted || silent.has(name)) return;
          silent.add(name);
          complain(`the kubelet of ${name} does not tell what it uses: ${messageOf(error)}`);
        }
      }),
    );
    await sleep(INTERVAL_MS, signal).catch(() => undefined);
  }
}
