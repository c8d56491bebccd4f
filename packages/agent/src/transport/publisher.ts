import { encode } from '@vhive/shared';
import type { Publisher } from '../executor/ports.ts';
import { createBackoff, sleep } from './backoff.ts';
import type { Session } from './session.ts';

/** Between two attempts to send a log batch that was not taken, milliseconds. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;

/** The executor's publisher, over whatever session there is at the moment. */
export interface SessionPublisher extends Publisher {
  /** A session has begun, has come back or has gone (undefined). */
  use(session: Session | undefined): void;
}

/** Makes a publisher without a session. `outboxChanged` wakes the outbox. */
export function createPublisher(outboxChanged: () => void): SessionPublisher {
  let session: Session | undefined;
  let waiting = Promise.withResolvers<void>();
  const backoff = createBackoff(FIRST_RETRY_MS, MAX_RETRY_MS);
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
        await session.store('log', encode(batch, { id }), id);
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
