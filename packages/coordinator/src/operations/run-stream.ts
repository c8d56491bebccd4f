import type { ApplicantView, NodeView, Progress, RunEvent, StreamMessage } from '@vhive/shared';

/** The shortest time between two messages about nodes, in milliseconds. */
const NODES_INTERVAL_MS = 100;

/** Where the messages of a stream come from. Each subscription returns a function that ends it. */
export interface StreamSources {
  nodes(): NodeView[];
  applicants(): ApplicantView[];
  onNodesChanged(listener: () => void): () => void;
  onProgress(listener: (executor: string, progress: Progress) => void): () => void;
  /** What the steps of a run said last. */
  newestProgress(runId: string): { node: string; progress: Progress }[];
  /** Subscribes to the beginning of runs. */
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
 * Gives everything that an observer needs in one stream: the nodes now and at each change, a run's stored events (up to
 * `position`, then `caught-up` and what its steps said last), its live events, and progress within steps. With `newRuns` it also gives the events of
 * every run that begins later. It ends when the signal aborts, and with an error when a run cannot be followed; then
 * nothing more is heard of the sources.
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
  let ended = false;
  return new ReadableStream<StreamMessage>({
    start(out) {
      /** A stream that has ended takes no more messages, and throws at the source that brings one. */
      const finish = (how: () => void) => {
        if (ended) return;
        ended = true;
        unsubscribe();
        how();
      };
      const say = (message: StreamMessage) => {
        if (!ended) out.enqueue(message);
      };
      const sayNodes = () => {
        pending = undefined;
        say({ type: 'nodes', time: now(), nodes: sources.nodes(), applicants: sources.applicants() });
      };
      // When many nodes come at once, one message tells of all of them.
      const sayNodesSoon = () => {
        pending ??= setTimeout(sayNodes, NODES_INTERVAL_MS);
      };
      const relay = (run: StreamedRun) => {
        relayRun(sources, run, say, signal).catch((cause: unknown) => finish(() => out.error(cause)));
      };
      const end = () => finish(() => out.close());
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
    cancel() {
      ended = true;
      unsubscribe();
    },
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
    if (sequence !== position) continue;
    say({ type: 'caught-up', time: now(), runId });
    for (const { node, progress } of sources.newestProgress(runId))
      say({ type: 'progress', time: now(), node, progress });
  }
}

function now(): string {
  return new Date().toISOString();
}
