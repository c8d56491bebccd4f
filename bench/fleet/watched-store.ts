import { EventEmitter } from 'node:events';
import type { RunStore } from '@vhive/coordinator/runs/runner';
import type { RunStatus } from '@vhive/shared';

/** An event store that counts, and says when a run's end is stored. */
export interface WatchedStore extends RunStore {
  finished: EventEmitter<{ finished: [RunStatus] }>;
  /** Events and writes (group commits) since the last reset. */
  events(): number;
  writes(): number;
  reset(): void;
}

/** Watches a store; adds nothing to what it does. */
export function watchedStore(store: RunStore): WatchedStore {
  const finished: WatchedStore['finished'] = new EventEmitter();
  let events = 0;
  let writes = 0;
  return {
    finished,
    async append(runId, added) {
      const stored = await store.append(runId, added);
      events += added.length;
      writes += 1;
      const last = added.at(-1);
      // After the runner, which waits for the same promise, has taken it in.
      if (last?.type === 'run.finished') setImmediate(() => finished.emit('finished', last.outcome));
      return stored;
    },
    read: (runId) => store.read(runId),
    listRuns: () => store.listRuns(),
    events: () => events,
    writes: () => writes,
    reset() {
      events = 0;
      writes = 0;
    },
  };
}
