import type { KubeletSummaries } from '@vhive/base/kubernetes/kubelet-summary';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { pause } from '@vhive/base/retry/sleep';
import type { TrialUsage } from '@vhive/core/experiments/summary';
import { messageOf } from '@vhive/shared';
import { type AgentUsage, watchAgentUsage } from './agent-usage.ts';
import { watchKubeletUsage } from './kubelet-usage.ts';

/** Who can be asked what nodes use. */
export interface UsageSources {
  api: Pick<KubernetesApi, 'list' | 'waitForList'>;
  summaries: KubeletSummaries;
  /** What agents tell; where no coordinator answers, the reason. */
  agents: AgentUsage | { missing: string };
}

/** How long a load waits for the first that agents tell, in milliseconds, so that its first second is told of. */
const FIRST_MS = 3_000;

/** What nodes use, being collected. */
export interface UsageCollector {
  /** Resolves after the abort. */
  finished: Promise<void>;
  /** Who told it, and who did not. */
  result(): TrialUsage;
}

/**
 * Begins to write what nodes and pods use as lines of CSV, until the signal aborts: as agents tell it, and for nodes
 * whose agents do not, as their kubelets do. Resolves when all agents have told something, or after three seconds.
 */
export async function startUsage(
  { api, summaries, agents }: UsageSources,
  write: (lines: string) => void,
  complain: (text: string) => void,
  signal: AbortSignal,
): Promise<UsageCollector> {
  const kubelets = new Set<string>();
  const byKubelets = (isTold: (node: string) => boolean) => {
    const told = (lines: string) => {
      kubelets.add(lines.split(',')[1] ?? '');
      write(lines);
    };
    return watchKubeletUsage(api, summaries, isTold, told, complain, signal);
  };
  if ('missing' in agents) {
    const { missing } = agents;
    return {
      finished: byKubelets(() => false),
      result: () => ({ agents: [], kubelets: [...kubelets].toSorted(), missing: [missing] }),
    };
  }
  const objects = await api.list({ apiVersion: 'v1', kind: 'Node' }, { signal, metadataOnly: true });
  const nodes = objects.map(({ metadata }) => metadata.name);
  const news = watchAgentUsage(api, { usage: agents, nodes }, write, signal);
  const finished = news.finished.catch((error: unknown) => {
    if (!signal.aborted) complain(`agents tell nothing any more: ${messageOf(error)}`);
  });
  const first = new AbortController();
  await Promise.race([news.allTold, pause(FIRST_MS, AbortSignal.any([first.signal, signal]))]);
  first.abort();
  return {
    finished: Promise.all([finished, byKubelets(news.tells)]).then(() => undefined),
    result() {
      const { told, silent } = news.result();
      const missing = [...silent].map(([node, reason]) => `${node}: ${reason}`);
      return { agents: told, kubelets: [...kubelets].toSorted(), missing };
    },
  };
}
