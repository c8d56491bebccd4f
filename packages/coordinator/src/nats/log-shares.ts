import { AckPolicy, DeliverPolicy, type JetStreamClient } from '@nats-io/jetstream';
import { ignoring } from '@vhive/base/ignoring';

/** The output of one executor is removed in pieces of about this many bytes, the oldest first. */
const PIECE_BYTES = 256 * 1024;

/** A stretch of one executor's stored output: the sequence of its last message, and its size. */
interface Piece {
  last: number;
  bytes: number;
}

/**
 * Divides the space of the log stream among executors, so that one that writes without end removes its own oldest
 * output and nobody else's.
 */
export class LogShares {
  readonly #js: JetStreamClient;
  readonly #stream: string;
  readonly #shareBytes: () => number;
  readonly #pieces = new Map<string, Promise<Piece[]>>();

  /** @param shareBytes returns how much one executor may have now, in bytes */
  constructor(js: JetStreamClient, stream: string, shareBytes: () => number) {
    this.#js = js;
    this.#stream = stream;
    this.#shareBytes = shareBytes;
  }

  /** Notes that a message was stored, and removes the executor's oldest ones if it has more than its share now. */
  async stored(subject: string, message: { seq: number; bytes: number }): Promise<void> {
    let known = this.#pieces.get(subject);
    if (known === undefined) {
      known = this.#read(subject, message.seq);
      this.#pieces.set(subject, known);
      known.catch(() => this.#pieces.delete(subject));
    }
    const pieces = await known;
    add(pieces, message);
    let excess = pieces.reduce((sum, { bytes }) => sum + bytes, 0) - this.#shareBytes();
    let last = 0;
    while (excess > 0 && pieces.length > 1) {
      const oldest = pieces.shift();
      if (oldest === undefined) break;
      excess -= oldest.bytes;
      last = oldest.last;
    }
    if (last === 0) return;
    const manager = await this.#js.jetstreamManager(false);
    await manager.streams.purge(this.#stream, { filter: subject, seq: last + 1 });
  }

  /** Reads how much an executor had stored before `seq`, which an earlier coordinator knew. Only sizes are sent. */
  async #read(subject: string, seq: number): Promise<Piece[]> {
    const pieces: Piece[] = [];
    const manager = await this.#js.jetstreamManager(false);
    const { name } = await manager.consumers.add(this.#stream, {
      filter_subject: subject,
      headers_only: true,
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.All,
      inactive_threshold: 30e9,
    });
    const consumer = await this.#js.consumers.get(this.#stream, name);
    let pending = (await consumer.info(true)).num_pending;
    while (pending > 0) {
      for await (const message of await consumer.fetch({ max_messages: 1_000, expires: 5_000 })) {
        pending = message.info.pending;
        if (message.seq < seq) add(pieces, { seq: message.seq, bytes: Number(message.headers?.get('Nats-Msg-Size')) });
        if (pending === 0) break;
      }
    }
    await consumer.delete().catch(ignoring('the server removes it after its idle time'));
    return pieces;
  }
}

function add(pieces: Piece[], { seq, bytes }: { seq: number; bytes: number }): void {
  const newest = pieces.at(-1);
  if (newest && newest.bytes < PIECE_BYTES) Object.assign(newest, { last: seq, bytes: newest.bytes + bytes });
  else pieces.push({ last: seq, bytes });
}
