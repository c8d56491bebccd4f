import { EventEmitter } from 'node:events';
import type { RunStore } from '@vhive/coordinator/runs/stored-runs';
import type { RunStatus } from '@vhive/shared';

/** An event store that counts what it stores, and tells when the end of a run is stored. */
export interface WatchedStore extends RunStore {
  finished: EventEmitter<{ finished: [RunStatus] }>;
  /** The numbers of events and of writes (group commits) since the last reset. */
  events(): number;
  writes(): number;
  reset(): void;
}

/** Watches a store without changing what it does. */
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
      // This is sent after the runner, which waits for the same promise, has processed it.
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
