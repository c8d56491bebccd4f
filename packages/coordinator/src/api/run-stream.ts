import type { NodeView, Progress, RunEvent, StreamMessage } from '@vhive/shared';

/** Where the messages of a stream come from. Subscriptions return how to end them. */
export interface StreamSources {
  nodes(): NodeView[];
  onNodesChanged(listener: () => void): () => void;
  onProgress(listener: (executor: string, progress: Progress) => void): () => void;
  follow(
    runId: string,
    fromSequence: number,
    signal: AbortSignal,
  ): AsyncIterable<{ sequence: number; event: RunEvent }>;
}

/**
 * Everything an observer needs, in one stream: the nodes now and at each change, a run's stored events (up to
 * `position`, then `caught-up`), its live ones, and progress within steps. Ends when the signal aborts.
 */
export function runStream(
  sources: StreamSources,
  run: { runId: string; position: number } | undefined,
  signal: AbortSignal,
): AsyncIterable<StreamMessage> {
  const unsubscribe: (() => void)[] = [];
  return new ReadableStream<StreamMessage>({
    start(out) {
      const say = (message: StreamMessage) => {
        if (!signal.aborted) out.enqueue(message);
      };
      const sayNodes = () => say({ type: 'nodes', time: now(), nodes: sources.nodes() });
      const end = () => {
        for (const stop of unsubscribe.splice(0)) stop();
        out.close();
      };
      if (signal.aborted) return end();
      signal.addEventListener('abort', end, { once: true });
      unsubscribe.push(sources.onNodesChanged(sayNodes));
      unsubscribe.push(sources.onProgress((node, progress) => say({ type: 'progress', time: now(), node, progress })));
      sayNodes();
      if (run) void relay(sources, run, say, signal).catch((cause: unknown) => !signal.aborted && out.error(cause));
      else say({ type: 'caught-up', time: now(), runId: null });
    },
    cancel() {
      for (const stop of unsubscribe.splice(0)) stop();
    },
  });
}

async function relay(
  sources: StreamSources,
  { runId, position }: { runId: string; position: number },
  say: (message: StreamMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  for await (const { sequence, event } of sources.follow(runId, 1, signal)) {
    say({ type: 'event', time: now(), runId, sequence, event });
    if (sequence === position) say({ type: 'caught-up', time: now(), runId });
  }
}

function now(): string {
  return new Date().toISOString();
}
