import { ignoring } from '@vhive/base/ignoring';
import { messageOf, type RunEvent, type RunEventOf, VhiveError } from '@vhive/shared';
import { isReal } from './real-run.ts';
import { RunExecution, type RunPorts } from './run-execution.ts';
import { UnreadableRun } from './unreadable-run.ts';

/** Where runs are kept. */
export interface RunStore {
  append(runId: string, events: RunEvent[]): Promise<unknown>;
  read(runId: string): AsyncIterable<{ sequence: number; event: RunEvent }>;
  /** Returns the identifiers of all runs, oldest first. */
  listRuns(): Promise<string[]>;
}

/** The runs that are stored, brought back from their events. */
export class StoredRuns {
  readonly #store: RunStore;
  readonly #ports: RunPorts;

  constructor(store: RunStore, ports: RunPorts) {
    this.#store = store;
    this.#ports = ports;
  }

  /** Returns the identifiers of all runs, oldest first. */
  async ids(): Promise<string[]> {
    return await this.#store.listRuns();
  }

  /** Returns the beginning of a run; undefined if there is none. Throws {@link UnreadableRun}. */
  async createdOf(runId: string): Promise<RunEventOf<'run.created'> | undefined> {
    try {
      for await (const { event } of this.#store.read(runId)) return event.type === 'run.created' ? event : undefined;
    } catch (cause) {
      throw unreadable(cause);
    }
    return undefined;
  }

  /**
   * Replays a run; undefined if there is none. With `note`, the events are told to `stored` once more, for what a kill
   * kept from being noted. Throws {@link UnreadableRun}.
   */
  async replay(runId: string, note = false): Promise<RunExecution | undefined> {
    const events: RunEvent[] = [];
    try {
      for await (const { event } of this.#store.read(runId)) events.push(event);
    } catch (cause) {
      throw unreadable(cause);
    }
    let run: RunExecution | undefined;
    try {
      run = RunExecution.replay(events, this.#ports);
    } catch (cause) {
      throw new UnreadableRun({ cause, message: `run ${runId} cannot be replayed: ${messageOf(cause)}` });
    }
    if (note && run) await this.#ports.stored?.(run.created, events);
    return run;
  }

  /**
   * Replays a run that the store lists; undefined if it cannot be read, which is named in the log: it must not keep the
   * coordinator from its work. A damaged store may list runs of which it has lost the beginning.
   */
  async readable(runId: string, note = false): Promise<RunExecution | undefined> {
    try {
      const run = await this.replay(runId, note);
      if (run) return run;
      throw new UnreadableRun({ message: `run ${runId} cannot be read: its beginning is lost` });
    } catch (cause) {
      if (!(cause instanceof UnreadableRun)) throw cause;
      this.#ports.log.error({ runId, hint: cause.hint }, `${cause.message}; it is put aside`);
      return undefined;
    }
  }

  /** Replays the newest real run. One that cannot be read is put aside, and none older takes its place. */
  async newestReal(): Promise<RunExecution | undefined> {
    for (const runId of (await this.ids()).toReversed()) {
      const created = await this.createdOf(runId).catch(
        ignoring('why it cannot be read is said where it is replayed as a whole'),
      );
      if (created === undefined || isReal(created)) return await this.readable(runId, true);
    }
    return undefined;
  }
}

/** Returns the error of a reading, which is another one where the stored run itself is at fault. */
function unreadable(cause: unknown): unknown {
  return cause instanceof VhiveError && cause.code === 'internal' ? new UnreadableRun(cause) : cause;
}
