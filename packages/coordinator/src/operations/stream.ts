import type { EventEmitter } from 'node:events';
import type { Progress } from '@vhive/shared';
import type { EventStore } from '../nats/event-store.ts';
import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import { isReal } from '../runs/real-run.ts';
import type { RunExecution } from '../runs/run-execution.ts';
import type { Runner } from '../runs/runner.ts';
import type { Followers } from './followers.ts';
import type { NewestProgress } from './newest-progress.ts';
import type { Operations } from './operations.ts';
import { runStream, type StreamedRun, type StreamSources } from './run-stream.ts';

/** Where the messages of the stream come from. */
export interface StreamParts {
  nodes: NodeRegistry;
  runner: Runner;
  events: EventStore;
  /** The progress of agents and of the coordinator's own steps. */
  progress: EventEmitter<{ progress: [executor: string, progress: Progress] }>;
  /** What running steps said last. */
  newest: NewestProgress;
  followers: Followers;
}

/** The operation by which a run is watched. */
export function streamOperations({
  nodes,
  runner,
  events,
  progress,
  newest,
  followers,
}: StreamParts): Pick<Operations, 'stream'> {
  const sources: StreamSources = {
    nodes: () => nodes.views(),
    applicants: () => nodes.applicants(),
    onNodesChanged: (listener) => subscribe(nodes.events, 'changed', listener),
    onProgress: (listener) => subscribe(progress, 'progress', listener),
    newestProgress: (runId) => newest.ofRun(runId),
    // Dry runs and jobs are for the commands that began them, which ask for them by their ids.
    onRun: (listener: (run: StreamedRun) => void) =>
      subscribe(runner.events, 'begun', (run: RunExecution) => {
        if (isReal(run.created)) listener(run);
      }),
    follow: events.follow.bind(events),
  };
  return {
    async *stream({ run: id }, { signal }) {
      const run = id === undefined ? runner.newest : await runner.find(id);
      const leave = id === undefined ? undefined : followers.follow(id);
      try {
        yield* runStream(sources, { run, newRuns: id === undefined }, signal);
      } finally {
        leave?.();
      }
    },
  };
}

function subscribe<M extends Record<keyof M, unknown[]>, K extends keyof M & string>(
  emitter: EventEmitter<M>,
  name: K,
  listener: (...values: never[]) => void,
): () => void {
  const plain = emitter as unknown as EventEmitter;
  plain.on(name, listener as (...values: unknown[]) => void);
  return () => plain.off(name, listener as (...values: unknown[]) => void);
}
