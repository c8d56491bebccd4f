import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { sendRequest } from '@vhive/base/http/request';
import type { Target } from '@vhive/base/load/caller';
import type { Sample } from '@vhive/base/load/sample';
import { defined, messageOf } from '@vhive/shared';

/** So many spans are sent at once. */
const BATCH = 500;
/** So many spans wait at most; more are left out, as a load must not fill the memory because a server does not answer. */
const MOST_WAITING = 20_000;
/** How long Zipkin may take, milliseconds. */
const IDLE_MS = 10_000;

interface Ids {
  traceId: string;
  spanId: string;
}

/**
 * Traces the calls of a load: each call says in its headers (B3) which trace it belongs to, so that the gateway and the
 * function add to it, and its own span goes to Zipkin (API version 2).
 */
export class ZipkinTracer {
  /** How many spans Zipkin has taken, and how many are lost. */
  readonly sent = { ok: 0, lost: 0 };
  /** Why the first of them was lost. */
  failure: string | undefined;
  readonly #url: URL;
  readonly #targets: readonly Target[];
  readonly #agent: Agent;
  readonly #begun = new Map<number, Ids>();
  #spans: object[] = [];
  #posts = Promise.resolve();
  #waiting = 0;

  /** Spans go to this address; one without a path means `/api/v2/spans`. */
  constructor(url: URL, targets: readonly Target[]) {
    this.#url = url.pathname === '/' ? new URL('/api/v2/spans', url) : url;
    this.#targets = targets;
    // Agents of our own heed no proxy of the environment.
    this.#agent = url.protocol === 'https:' ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
  }

  /** The headers of the call of a shot, which begin its trace. */
  headersOf(index: number): Record<string, string> {
    const ids = { traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') };
    this.#begun.set(index, ids);
    return { 'x-b3-traceid': ids.traceId, 'x-b3-spanid': ids.spanId, 'x-b3-sampled': '1' };
  }

  /** Takes a call that has just ended. It never throws. */
  add(sample: Sample): void {
    const ids = this.#begun.get(sample.index);
    const target = this.#targets[sample.endpoint];
    if (ids === undefined || target === undefined) return;
    this.#begun.delete(sample.index);
    this.#spans.push(spanOf(sample, ids, target));
    if (this.#spans.length >= BATCH) this.#post();
  }

  /** Sends what is left, and waits until all is sent or lost. It never rejects. */
  async finish(): Promise<void> {
    this.#post();
    await this.#posts;
    this.#agent.destroy();
  }

  #post(): void {
    const spans = this.#spans;
    this.#spans = [];
    if (spans.length === 0) return;
    if (this.#waiting + spans.length > MOST_WAITING) return this.#lose(spans.length, 'Zipkin takes them too slowly');
    this.#waiting += spans.length;
    this.#posts = this.#posts.then(() => this.#send(spans));
  }

  async #send(spans: object[]): Promise<void> {
    try {
      const answer = await sendRequest(this.#url, { method: 'POST', body: spans, idleMs: IDLE_MS }, this.#agent);
      answer.resume();
      const { statusCode = 0 } = answer;
      if (statusCode >= 200 && statusCode < 300) this.sent.ok += spans.length;
      else this.#lose(spans.length, `HTTP status ${statusCode}`);
    } catch (error) {
      this.#lose(spans.length, messageOf(error));
    } finally {
      this.#waiting -= spans.length;
    }
  }

  #lose(count: number, why: string): void {
    this.sent.lost += count;
    this.failure ??= why;
  }
}

/** The span of a call that has just ended. Times are whole microseconds. */
function spanOf({ sentMs, endMs, outcome, error, index }: Sample, ids: Ids, { name, address, port }: Target): object {
  const tookMs = endMs - sentMs;
  return {
    traceId: ids.traceId,
    id: ids.spanId,
    kind: 'CLIENT',
    name: 'invoke',
    timestamp: Math.round((performance.timeOrigin + performance.now() - tookMs) * 1000),
    duration: Math.max(1, Math.round(tookMs * 1000)),
    localEndpoint: { serviceName: 'vhive-coord-invoke' },
    remoteEndpoint: { serviceName: name, [address.includes(':') ? 'ipv6' : 'ipv4']: address, port },
    tags: { outcome, shot: String(index), ...defined({ error }) },
  };
}
