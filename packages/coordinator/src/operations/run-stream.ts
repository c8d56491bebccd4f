import type { NodeView, Progress, RunEvent, StreamMessage } from '@vhive/shared';

/** Shortest time between two messages about nodes, milliseconds. */
const NODES_INTERVAL_MS = 100;

/** Where the messages of a stream come from. Subscriptions return how to end them. */
export interface StreamSources {
  nodes(): NodeView[];
  onNodesChanged(listener: () => void): () => void;
  onProgress(listener: (executor: string, progress: Progress) => void): () => void;
  /** A run has begun. */
  onRun(listener: (run: StreamedRun) => void): () => void;
  follow(
    runId: string,
    fromSequence: number,
    signal: AbortSignal,
  ): AsyncIterable<{ sequence: number; event: RunEvent }>;
}

/** A run, and the sequence of its newest stored event. */
export interface StreamedRun {
  runId: string;
  position: number;
}

/**
 * Everything an observer needs, in one stream: the nodes now and at each change, a run's stored events (up to
 * `position`, then `caught-up`), its live ones, and progress within steps. With `newRuns` also the events of every run
 * that begins later. Ends when the signal aborts.
 */
export function runStream(
  sources: StreamSources,
  wanted: { run: StreamedRun | undefined; newRuns: boolean },
  signal: AbortSignal,
): AsyncIterable<StreamMessage> {
  const subscriptions: (() => void)[] = [];
  let pending: NodeJS.Timeout | undefined;
  const unsubscribe = () => {
    clearTimeout(pending);
    for (const stop of subscriptions.splice(0)) stop();
  };
  return new ReadableStream<StreamMessage>({
    start(out) {
      const say = (message: StreamMessage) => {
        if (!signal.aborted) out.enqueue(message);
      };
      const sayNodes = () => {
        pending = undefined;
        say({ type: 'nodes', time: now(), nodes: sources.nodes() });
      };
      // Many nodes that come at once are one message.
      const sayNodesSoon = () => {
        pending ??= setTimeout(sayNodes, NODES_INTERVAL_MS);
      };
      const relay = (run: StreamedRun) => {
        relayRun(sources, run, say, signal).catch((cause: unknown) => {
          if (!signal.aborted) out.error(cause);
        });
      };
      const end = () => {
        unsubscribe();
        out.close();
      };
      if (signal.aborted) return end();
      signal.addEventListener('abort', end, { once: true });
      subscriptions.push(sources.onNodesChanged(sayNodesSoon));
      subscriptions.push(
        sources.onProgress((node, progress) => say({ type: 'progress', time: now(), node, progress })),
      );
      if (wanted.newRuns) subscriptions.push(sources.onRun(relay));
      sayNodes();
      if (wanted.run) relay(wanted.run);
      else say({ type: 'caught-up', time: now(), runId: null });
    },
    cancel: unsubscribe,
  });
}

async function relayRun(
  sources: StreamSources,
  { runId, position }: StreamedRun,
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
