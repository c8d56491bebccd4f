import { freemem, loadavg } from 'node:os';
import {
  decode,
  encode,
  type Facts,
  HEARTBEAT_INTERVAL_MS,
  type Heartbeat,
  heartbeatReply,
  VERSION,
} from '@vhive/shared';
import { ClockOffset } from './clock-offset.ts';
import type { Logger } from './logger.ts';
import type { Session } from './session.ts';

/** The facts of the host are gathered again after this many milliseconds, and sent when they have changed. */
const FACTS_INTERVAL_MS = 60_000;
/** After so many heartbeats in a row without an answer the connection is made again, because it may be half-open. */
const MAX_UNANSWERED = 3;

/** What a heartbeat tells, and what its answer may change. */
export interface HeartbeatOptions {
  session: Session;
  bootId: string;
  startedAt: number;
  state(): Pick<Heartbeat, 'attempts' | 'outbox' | 'rejected'>;
  facts(): Promise<Facts>;
  /** Called when the answer brings a new JWT. */
  renew(jwt: string): Promise<void>;
  /** Called with each answer: the coordinator knows this agent. */
  registered(): void;
  /** Called when the coordinator says that another process works with this key, and that this one must end. */
  refused(reason: { message: string; hint: string }): void;
  logger: Logger;
  intervalMs?: number;
}

/** The heartbeats of one session. */
export interface Heartbeats {
  /** Sends a heartbeat now, for example after a reconnect. */
  beat(): void;
  /** Returns the agent's clock minus the coordinator's in milliseconds; null before the first answer. */
  clockOffsetMs(): number | null;
  stop(): void;
}

/** Sends the first heartbeat at once and the next ones at the interval. */
export function startHeartbeats(options: HeartbeatOptions): Heartbeats {
  const { session, logger } = options;
  const intervalMs = options.intervalMs ?? HEARTBEAT_INTERVAL_MS;
  const clockOffset = new ClockOffset();
  let unanswered = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let busy = false;
  let factsSent = '';
  let factsLookedAt = 0;

  const changedFacts = async (): Promise<{ facts: Facts; text: string } | undefined> => {
    if (factsSent !== '' && Date.now() - factsLookedAt < FACTS_INTERVAL_MS) return undefined;
    const facts = await options.facts();
    factsLookedAt = Date.now();
    // Free space changes all the time, so a change of it alone does not count as news.
    const text = JSON.stringify({ ...facts, root: { ...facts.root, freeBytes: 0 } });
    return text === factsSent ? undefined : { facts, text };
  };

  const send = async () => {
    const news = await changedFacts();
    const message: Heartbeat = {
      type: 'heartbeat',
      agentVersion: VERSION,
      bootId: options.bootId,
      uptimeSeconds: (Date.now() - options.startedAt) / 1000,
      load: loadavg() as [number, number, number],
      freeMemoryBytes: freemem(),
      clockOffsetMs: clockOffset.ms,
      ...options.state(),
      ...(news ? { facts: news.facts } : {}),
    };
    const sentAt = Date.now();
    // A heartbeat has no expiry, and the expiry of its answer is ignored: a host whose clock is wrong must still be
    // heard, or nobody could be told that its clock is wrong.
    const data = await session.request('hb', encode(message), Math.min(intervalMs, 4_000));
    const answeredAt = Date.now();
    const decoded = decode(heartbeatReply, data, { skewMs: Number.POSITIVE_INFINITY });
    if (!decoded.ok) throw new Error(`the answer is ${decoded.reason}: ${decoded.detail}`);
    if (news) factsSent = news.text;
    clockOffset.compare(sentAt, Date.parse(decoded.envelope.body.receivedAt), answeredAt);
    if (decoded.envelope.body.refused !== undefined) return options.refused(decoded.envelope.body.refused);
    options.registered();
    if (decoded.envelope.body.jwt !== undefined) await options.renew(decoded.envelope.body.jwt);
  };

  const beat = async () => {
    if (busy || stopped) return;
    clearTimeout(timer);
    busy = true;
    try {
      if (session.connected()) {
        await send();
        unanswered = 0;
      }
    } catch (error) {
      unanswered++;
      logger.debug(`heartbeat: ${String(error)}`);
      if (unanswered >= MAX_UNANSWERED && !stopped && !isUnheard(error)) {
        unanswered = 0;
        session.reconnect();
      }
    } finally {
      busy = false;
      if (!stopped) timer = setTimeout(() => void beat(), unanswered > 0 ? Math.min(intervalMs, 1_000) : intervalMs);
    }
  };

  void beat();
  return {
    beat: () => void beat(),
    clockOffsetMs: () => clockOffset.ms,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Whether the server answered that nobody listens. Then the connection is alive, but the coordinator is not. */
function isUnheard(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoRespondersError' || isUnheard(error.cause));
}
