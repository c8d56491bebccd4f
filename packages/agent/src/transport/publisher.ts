import { createBackoff } from '@vhive/base/retry/backoff';
import { sleep } from '@vhive/base/retry/sleep';
import { encode } from '@vhive/shared';
import type { Publisher } from '../executor/ports.ts';
import type { Session } from './session.ts';

/** The first wait before a log batch that was not taken is sent again, in milliseconds. Later waits are longer. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;

/** The publisher of the executor. It sends over the session that there is at the moment. */
export interface SessionPublisher extends Publisher {
  /** Tells that a session has begun or come back, or (undefined) that it has gone. */
  use(session: Session | undefined): void;
}

/**
 * Makes a publisher that has no session yet.
 * @param outboxChanged wakes the outbox
 */
export function createPublisher(outboxChanged: () => void): SessionPublisher {
  let session: Session | undefined;
  let waiting = Promise.withResolvers<void>();
  const backoff = createBackoff({ firstMs: FIRST_RETRY_MS, longestMs: MAX_RETRY_MS });
  return {
    use(next) {
      session = next;
      if (!next) return;
      waiting.resolve();
      waiting = Promise.withResolvers<void>();
    },
    ready: () => (session?.connected() ? Promise.resolve() : waiting.promise),
    async log(batch, id) {
      try {
        if (!session) throw new Error('not connected');
        await session.handOver('log', encode(batch, { id }));
        backoff.reset();
      } catch (error) {
        await sleep(backoff.nextMs());
        throw error;
      }
    },
    progress: (progress) => session?.send('prg', encode(progress)),
    outboxChanged,
  };
}
