import type { NatsConnection } from '@nats-io/transport-node';
import { orAborted } from '@vhive/base/abort';

/** The callers that want to hear of the next reconnection, by connection. */
const waiting = new WeakMap<NatsConnection, Set<() => void>>();

/**
 * Returns the outcome of a request, or an error as soon as the connection has been lost and made again: a request that
 * was under way then is lost without a word, and waiting for its time limit would only cost time. Whether the request
 * was carried out is then unknown. Rejects with the signal's reason when the signal aborts.
 */
export async function unlessReconnected<T>(nc: NatsConnection, request: Promise<T>, signal?: AbortSignal): Promise<T> {
  const listeners = waiting.get(nc) ?? watch(nc);
  const { promise: interrupted, reject } = Promise.withResolvers<never>();
  const reconnected = () => reject(new Error('the connection to NATS was lost and made again'));
  listeners.add(reconnected);
  try {
    return await orAborted(Promise.race([request, interrupted]), signal);
  } finally {
    listeners.delete(reconnected);
  }
}

function watch(nc: NatsConnection): Set<() => void> {
  const listeners = new Set<() => void>();
  waiting.set(nc, listeners);
  void (async () => {
    for await (const { type } of nc.status())
      if (type === 'reconnect') for (const listener of [...listeners]) listener();
  })();
  return listeners;
}
