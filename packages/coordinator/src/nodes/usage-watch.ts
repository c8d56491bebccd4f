import { type CommandReply, messageOf, type TellUsage, type UsageMessage, type UsageSample } from '@vhive/shared';
import type { NodeRegistry } from './node-registry-interface.ts';

/** Agents are asked to tell what their hosts use for so long, in seconds. */
const LEASE_SECONDS = 15;
/** They are asked again so often, in milliseconds: two such questions may be lost. */
const RENEW_MS = 5_000;
/** An agent that did not answer is asked again after this time, in milliseconds: one that is older counts each question. */
const SILENT_MS = 30_000;
/** How long an answer is waited for, in milliseconds. */
const ANSWER_MS = 4_000;

/** The parts that are needed to ask agents. */
export interface UsageWatchParts {
  nodes: Pick<NodeRegistry, 'views' | 'record' | 'events'>;
  sendCommand(node: string, command: TellUsage, options: { signal: AbortSignal }): Promise<CommandReply>;
}

interface Listener {
  /** Undefined: every node. */
  names: ReadonlySet<string> | undefined;
  say(message: UsageMessage): void;
}

/** What is known of a node that somebody wants to hear of. */
interface Asked {
  /** When it is to be asked again, by performance.now(). */
  dueAt: number;
  /** Why it tells nothing; undefined while it tells. */
  silence: string | undefined;
}

/** Has agents tell what their hosts use, exactly as long as somebody listens. */
export class UsageWatch {
  readonly #parts: UsageWatchParts;
  readonly #listeners = new Set<Listener>();
  readonly #asked = new Map<string, Asked>();
  #clock: NodeJS.Timeout | undefined;

  constructor(parts: UsageWatchParts) {
    this.#parts = parts;
    parts.nodes.events.on('reachable', (node) => {
      const asked = this.#asked.get(node);
      if (asked) asked.dueAt = 0;
      if (this.#listeners.size > 0) this.#ask();
    });
  }

  /** Takes what an agent told. What nobody listens to is dropped. */
  heard(node: string, sample: UsageSample): void {
    const asked = this.#asked.get(node);
    if (asked === undefined) return;
    asked.silence = undefined;
    const simulated = this.#parts.nodes.record(node)?.facts.simulated ?? false;
    this.#say({ type: 'usage', node, simulated, sample });
  }

  /** Gives what nodes use until the signal aborts: the named ones, or all that there are and that come. */
  watch(names: readonly string[] | undefined, signal: AbortSignal): AsyncIterable<UsageMessage> {
    let left = () => {};
    return new ReadableStream<UsageMessage>({
      start: (out) => {
        const listener: Listener = {
          names: names && new Set(names),
          say: (message) => out.enqueue(message),
        };
        const end = () => {
          left();
          out.close();
        };
        left = () => {
          signal.removeEventListener('abort', end);
          this.#listeners.delete(listener);
          if (this.#listeners.size === 0) this.#rest();
        };
        if (signal.aborted) return out.close();
        this.#listeners.add(listener);
        signal.addEventListener('abort', end);
        for (const [node, { silence }] of this.#asked)
          if (silence !== undefined && wants(listener, node)) out.enqueue({ type: 'no-usage', node, reason: silence });
        this.#ask();
      },
      cancel: () => left(),
    });
  }

  /** Nobody listens: the agents end by themselves. */
  #rest(): void {
    clearTimeout(this.#clock);
    this.#asked.clear();
  }

  #say(message: UsageMessage): void {
    for (const listener of this.#listeners) if (wants(listener, message.node)) listener.say(message);
  }

  /** Asks all nodes of which somebody wants to hear and that are due, and comes back later. */
  #ask(): void {
    clearTimeout(this.#clock);
    this.#clock = setTimeout(() => this.#ask(), RENEW_MS);
    const now = performance.now();
    for (const { name, status, address } of this.#parts.nodes.views()) {
      if (![...this.#listeners].some((listener) => wants(listener, name))) continue;
      const asked = this.#asked.get(name) ?? { dueAt: 0, silence: undefined };
      this.#asked.set(name, asked);
      if (status !== 'reachable')
        this.#silent(name, asked, status === 'pending' ? 'it waits for approval' : 'no agent answers there');
      else if (asked.dueAt <= now) void this.#askNode(name, asked, address);
    }
  }

  async #askNode(name: string, asked: Asked, address: string): Promise<void> {
    // A little less, so that the next look at the clock finds it due.
    asked.dueAt = performance.now() + RENEW_MS / 2;
    try {
      const command: TellUsage = { type: 'usage.tell', seconds: LEASE_SECONDS, address };
      const signal = AbortSignal.timeout(ANSWER_MS);
      const reply = await this.#parts.sendCommand(name, command, { signal });
      if (reply.type === 'refused') this.#silent(name, asked, reply.message);
    } catch (error) {
      asked.dueAt = performance.now() + SILENT_MS;
      const late = (error as Error).name === 'TimeoutError';
      this.#silent(
        name,
        asked,
        late ? 'its agent gives no answer; an agent of an older version knows no such question' : messageOf(error),
      );
    }
  }

  #silent(node: string, asked: Asked, reason: string): void {
    if (asked.silence === reason || this.#asked.get(node) !== asked) return;
    asked.silence = reason;
    this.#say({ type: 'no-usage', node, reason });
  }
}

function wants({ names }: Listener, node: string): boolean {
  return names === undefined || names.has(node);
}
