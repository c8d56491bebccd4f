import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { agentRows } from '@vhive/core/experiments/usage-rows';
import type { KubernetesObject, UsageMessage } from '@vhive/shared';

/** Gives what agents tell of the use of their hosts, until the signal aborts. */
export type AgentUsage = (signal: AbortSignal) => AsyncIterable<UsageMessage>;

/** A node that told something this long ago, in milliseconds, tells nothing any more. */
const SILENT_AFTER_MS = 5_000;

/** What agents have told so far. */
export interface AgentNews {
  /** Whether the agent of this node tells what it uses. */
  tells(node: string): boolean;
  /** The nodes whose agents have told something, and those that have not, with the reason. */
  result(): { told: string[]; silent: Map<string, string> };
  /** Resolves when each node of the cluster has told something. */
  allTold: Promise<void>;
  /** Resolves after the abort. It rejects where the coordinator does not answer any more. */
  finished: Promise<void>;
}

/** Writes what the agents of some nodes, and of others, tell as lines of CSV, until the signal aborts. */
export function watchAgentUsage(
  api: Pick<KubernetesApi, 'waitForList'>,
  { usage, nodes }: { usage: AgentUsage; nodes: readonly string[] },
  write: (lines: string) => void,
  signal: AbortSignal,
): AgentNews {
  const heard = new Map<string, number>();
  const silent = new Map(nodes.map((node) => [node, 'the coordinator has no such node']));
  const pods = new Map<string, string>();
  const all = Promise.withResolvers<void>();
  const listen = async () => {
    for await (const message of usage(signal)) {
      const { node } = message;
      if (message.type === 'no-usage') silent.set(node, message.reason);
      else {
        silent.delete(node);
        heard.set(node, performance.now());
        write(agentRows(node, message.sample, (uid) => pods.get(uid)));
      }
      if (silent.size === 0) all.resolve();
    }
  };
  return {
    tells: (node) => performance.now() - (heard.get(node) ?? Number.NEGATIVE_INFINITY) < SILENT_AFTER_MS,
    result: () => ({ told: [...heard.keys()].toSorted(), silent }),
    allTold: all.promise,
    finished: Promise.all([listen(), watchNames(api, pods, signal)]).then(() => undefined),
  };
}

/** Keeps the names of all pods by their UIDs, those included that have gone. It never rejects: names are a convenience. */
async function watchNames(
  api: Pick<KubernetesApi, 'waitForList'>,
  names: Map<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const never = (pods: readonly KubernetesObject[]) => {
    for (const { metadata } of pods) names.set(String(metadata.uid), `${metadata.namespace}/${metadata.name}`);
    return false;
  };
  await api.waitForList({ apiVersion: 'v1', kind: 'Pod' }, never, { signal }).catch(() => undefined);
}
