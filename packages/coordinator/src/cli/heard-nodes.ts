import type { ApiClient } from './client/client.ts';

/** How long agents may take to come back to a coordinator that has just been started, in milliseconds. */
const PATIENCE_MS = 3_000;

/**
 * Waits until every approved node has been heard of, but for at most three seconds. A coordinator that was started for
 * one command knows nothing of its agents until they have connected again.
 */
export async function nodesHeard(client: ApiClient): Promise<void> {
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), PATIENCE_MS);
  try {
    for await (const message of client.stream({}, enough.signal)) {
      if (message.type === 'nodes' && message.nodes.every((node) => node.status !== 'unreachable')) return;
    }
  } finally {
    clearTimeout(timer);
    enough.abort();
  }
}
