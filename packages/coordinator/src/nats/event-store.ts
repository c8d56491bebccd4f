import { type JetStreamClient, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { ignoring } from '@vhive/base/ignoring';
import { messageOf, type RunEvent, runSubject, streamNames, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import { publishExpecting } from './publish-expecting.ts';
import { decodeEntry, encodeEntry, partHead } from './run-entry.ts';
import { storedMessages } from './stored-messages.ts';

/** An event with its position within its run. Positions count from 1 without gaps. */
export interface StoredEvent {
  sequence: number;
  event: RunEvent;
}

/** The end of a run's log: the position of its last event and the stream sequence of its last message. */
interface Head {
  position: number;
  message: number;
}

/** The largest body of one message, in bytes. It is smaller when the server allows less. */
const PART_BYTES = 768 * 1024;

/**
 * The event store of runs. It is append-only and has one subject per run. The store remembers where each run's log
 * ended when it was read or last written, and the server refuses a write when the log ends elsewhere. So of two
 * coordinators that both believe they lead, only one can write. Make a new store for every term of leadership.
 */
export class EventStore {
  readonly #nc: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #cluster: string;
  readonly #stream: string;
  readonly #log: Logger;
  readonly #signal: AbortSignal | undefined;
  readonly #heads = new Map<string, Head>();
  /** The writes to one run happen one after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  /** Writes wait for an unreachable server until `signal` aborts. */
  constructor(nc: NatsConnection, cluster: string, options: { log: Logger; signal?: AbortSignal }) {
    this.#nc = nc;
    this.#js = jetstream(nc);
    this.#cluster = cluster;
    this.#stream = streamNames(cluster).runs;
    this.#log = options.log;
    this.#signal = options.signal;
  }

  /**
   * Stores events together, in order and on disk. Resolves with the position of the last one. The write is tried again
   * until the server answers, and the events are stored once however often it is tried. Rejects with a VhiveError
   * `refused` when somebody else has written to the run.
   */
  append(runId: string, events: RunEvent[]): Promise<number> {
    const mine = (this.#turns.get(runId) ?? Promise.resolve()).then(() => this.#append(runId, events));
    const settled = mine.catch(
      ignoring('the caller that appends gets the error; the next one only waits for its turn'),
    );
    this.#turns.set(runId, settled);
    return mine;
  }

  async #append(runId: string, events: RunEvent[]): Promise<number> {
    const head = await this.#headOf(runId, events[0]?.type === 'run.created');
    if (events.length === 0) return head.position;
    const partBytes = Math.min(PART_BYTES, (this.#nc.info?.max_payload ?? PART_BYTES * 2) - 4096);
    for (const part of await encodeEntry(head.position + 1, events, partBytes))
      head.message = await publishExpecting(this.#js, runSubject(this.#cluster, runId), part, head.message, {
        nc: this.#nc,
        stream: this.#stream,
        what: `run ${runId}`,
        log: this.#log,
        signal: this.#signal,
      });
    head.position += events.length;
    return head.position;
  }

  /** Reads all events of a run that are stored now, in order. A run that is not known has none. */
  async *read(runId: string): AsyncGenerator<StoredEvent, void, undefined> {
    const head: Head = { position: 0, message: 0 };
    yield* this.#decoded(runId, { follow: false }, head);
    // Only the first reading decides on which events this store builds, because its owner's state is made from that
    // reading.
    if (!this.#heads.has(runId) && head.message > 0) this.#heads.set(runId, head);
  }

  /**
   * Reads the events from `fromSequence` (counting from 1) on: first those that are stored, then new ones as they come,
   * until the signal aborts.
   */
  async *follow(
    runId: string,
    fromSequence: number,
    signal: AbortSignal,
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const head: Head = { position: 0, message: 0 };
    for await (const stored of this.#decoded(runId, { follow: true, signal }, head))
      if (stored.sequence >= fromSequence) yield stored;
  }

  /** Returns the identifiers of all runs, sorted by name. The names begin with the time of creation. */
  async listRuns(): Promise<string[]> {
    const jsm = await this.#js.jetstreamManager(false);
    const all = runSubject(this.#cluster, '*');
    const { state } = await jsm.streams.info(this.#stream, { subjects_filter: all });
    const prefix = all.slice(0, -1);
    return Object.keys(state.subjects ?? {})
      .map((subject) => subject.slice(prefix.length))
      .sort();
  }

  async *#decoded(
    runId: string,
    query: { follow: boolean; signal?: AbortSignal },
    head: Head,
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const subject = runSubject(this.#cluster, runId);
    let parts: Uint8Array[] = [];
    for await (const message of storedMessages(this.#js, this.#stream, { subject, ...query })) {
      head.message = message.seq;
      const events = await this.#take(runId, message, parts, head.position + 1);
      if (!events) continue;
      parts = [];
      for (const event of events) {
        head.position += 1;
        yield { sequence: head.position, event };
      }
    }
  }

  /** Adds a message to the parts that were collected. Returns the events when the entry is complete. */
  async #take(runId: string, message: JsMsg, parts: Uint8Array[], first: number): Promise<RunEvent[] | undefined> {
    try {
      const head = partHead(message.headers);
      // A first part begins a new entry. The parts that were collected before it were left unfinished by a coordinator
      // that died.
      if (head.part === 1) parts.length = 0;
      if (head.part !== parts.length + 1) throw new Error(`part ${head.part} where part ${parts.length + 1} is due`);
      if (head.first !== first) throw new Error(`it begins with event ${head.first} where event ${first} is due`);
      parts.push(message.data);
      return head.part === head.parts ? await decodeEntry(head, parts) : undefined;
    } catch (cause) {
      throw new VhiveError({
        code: 'internal',
        message: `run ${runId} cannot be read: message ${message.seq} of the stream ${this.#stream} (event ${first}) is corrupt: ${messageOf(cause)}`,
        hint: `look at it: nats stream get ${this.#stream} ${message.seq}; a new run starts from scratch: vhive-coord up`,
        cause,
      });
    }
  }

  async #headOf(runId: string, isNew: boolean): Promise<Head> {
    const known = this.#heads.get(runId);
    if (known) return known;
    const head = isNew ? { position: 0, message: 0 } : await this.#storedHead(runId);
    this.#heads.set(runId, head);
    return head;
  }

  async #storedHead(runId: string): Promise<Head> {
    const jsm = await this.#js.jetstreamManager(false);
    const last = await jsm.streams.getMessage(this.#stream, { last_by_subj: runSubject(this.#cluster, runId) });
    if (!last) return { position: 0, message: 0 };
    const { first, count, part, parts } = partHead(last.header);
    return { position: part === parts ? first + count - 1 : first - 1, message: last.seq };
  }
}
