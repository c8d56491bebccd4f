import { createInbox, errors, type Msg, type NatsConnection } from '@nats-io/transport-node';

/**
 * The error of a request that was not answered and may be tried again. It covers every cause except a closed
 * connection.
 */
class Unanswered extends Error {}

interface Waiting {
  resolve(reply: Uint8Array): void;
  reject(cause: unknown): void;
  /** The time limit, as performance.now() counts. */
  deadline: number;
}

/**
 * Requests of the coordinator to agents. They work as the client library's `request` does, but thousands of them may be
 * under way at once. Therefore there is one clock for all of them instead of one each, no stack trace is made for an
 * error that does not happen, and all that wait are told as soon as the connection has been lost and made again, since
 * what was under way then is lost without a word.
 */
export class Requests {
  readonly #nc: NatsConnection;
  readonly #timeoutMs: number;
  readonly #inbox: string;
  readonly #waiting = new Map<string, Waiting>();
  #number = 0;
  #clock: NodeJS.Timeout | undefined;

  constructor(nc: NatsConnection, { timeoutMs, inboxPrefix }: { timeoutMs: number; inboxPrefix: string }) {
    this.#nc = nc;
    this.#timeoutMs = timeoutMs;
    this.#inbox = `${createInbox(inboxPrefix)}.`;
    nc.subscribe(`${this.#inbox}*`, { callback: (_, message) => this.#answered(message) });
    void this.#watch();
  }

  /**
   * Resolves with the first answer. Rejects with {@link Unanswered} (nobody is there, no answer came in time, or the
   * connection was lost meanwhile), with the library's error when the connection is closed for good, or with the
   * signal's reason.
   */
  request(subject: string, data: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const token = String(this.#number++);
    const settled = () => {
      this.#waiting.delete(token);
      signal.removeEventListener('abort', aborted);
    };
    const aborted = () => waiting.reject(signal.reason);
    const waiting: Waiting = {
      deadline: performance.now() + this.#timeoutMs,
      resolve(reply) {
        settled();
        resolve(reply);
      },
      reject(cause) {
        settled();
        reject(cause);
      },
    };
    signal.addEventListener('abort', aborted, { once: true });
    this.#waiting.set(token, waiting);
    try {
      signal.throwIfAborted();
      this.#nc.publish(subject, data, { reply: this.#inbox + token });
      this.#clock ??= setTimeout(() => this.#expire(), this.#timeoutMs);
    } catch (cause) {
      waiting.reject(cause);
    }
    return promise;
  }

  #answered(message: Msg): void {
    const waiting = this.#waiting.get(message.subject.slice(this.#inbox.length));
    if (!waiting) return;
    if (message.data.byteLength === 0 && message.headers?.code === 503)
      waiting.reject(new Unanswered('nobody listens'));
    else waiting.resolve(message.data);
  }

  /** All requests have the same time limit, so the first one in the map is the first to run out. */
  #expire(): void {
    this.#clock = undefined;
    const now = performance.now();
    for (const waiting of this.#waiting.values()) {
      if (waiting.deadline > now) {
        this.#clock = setTimeout(() => this.#expire(), waiting.deadline - now);
        return;
      }
      waiting.reject(new Unanswered('no answer in time'));
    }
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#nc.status())
      if (type === 'reconnect') this.#failAll(new Unanswered('the connection to NATS was lost and made again'));
    clearTimeout(this.#clock);
    this.#failAll(new errors.ClosedConnectionError());
  }

  #failAll(cause: Error): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(cause);
  }
}
