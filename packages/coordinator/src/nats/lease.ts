import { JetStreamApiError } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { pause } from '@vhive/base/retry/sleep';
import { isoTime, messageOf, streamNames, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import * as z from 'zod';
import { isTold } from './backoff.ts';
import { unlessReconnected } from './reconnection.ts';
import { LEASE_TTL_MS } from './streams.ts';

const KEY = 'leader';

/** The coordinator that leads a cluster, as others see it. */
export const leaseHolder = z.object({
  /** A random text per process, which tells two coordinators apart. */
  id: z.string().min(1),
  host: z.string(),
  pid: z.number().int(),
  version: z.string(),
  /** The address at which its HTTPS server listens. */
  url: z.string(),
  since: isoTime,
});
/** See {@link leaseHolder}. */
export type LeaseHolder = z.infer<typeof leaseHolder>;

/** How a lease is held. */
export interface LeaseOptions {
  /** The time to live that was given to `ensureStreams`, in milliseconds; default {@link LEASE_TTL_MS}. */
  ttlMs?: number;
  /** Called once when somebody else has taken the lease. This coordinator must then write nothing more. */
  onLost(holder: LeaseHolder | undefined): void;
  /**
   * Returns whether a holder has certainly ended. Its lease is then taken at once instead of when it expires. By
   * default this is never known.
   */
  isGone?(holder: LeaseHolder): boolean;
  log: Logger;
}

/** The lease of the one coordinator that leads a cluster. */
export interface Lease {
  /** Stops renewing the lease and gives it up at once, so that the next holder need not wait until it expires. */
  release(): Promise<void>;
}

/** Returns the coordinator that leads now; undefined when nobody does. */
export async function leader(nc: NatsConnection, cluster: string): Promise<LeaseHolder | undefined> {
  return holderIn(await (await bucket(nc, cluster)).get(KEY));
}

/**
 * Takes the lease if nobody holds it (or the same `id` does), and renews it three times in its time to live. While NATS
 * is away the lease is kept: nobody else can take it or write anything then, and the event store refuses the writes of
 * a deposed leader in any case. When somebody else leads, the promise resolves with that holder.
 */
export async function acquireLease(
  nc: NatsConnection,
  cluster: string,
  holder: LeaseHolder,
  options: LeaseOptions,
): Promise<{ lease: Lease } | { heldBy: LeaseHolder }> {
  const kv = await bucket(nc, cluster);
  const value = JSON.stringify(holder);
  const taken = await take(kv, holder.id, value, options.isGone);
  if (taken.revision === undefined) return { heldBy: taken.heldBy };
  let revision = taken.revision;
  const stopping = new AbortController();

  async function renew(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; ) {
      await pause((options.ttlMs ?? LEASE_TTL_MS) / 3, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        revision = await unlessReconnected(nc, kv.update(KEY, value, revision));
        failures = 0;
      } catch (error) {
        const tell = (text: string, cause: unknown) =>
          options.log[isTold(failures++) ? 'warn' : 'debug'](`${text}, trying again: ${messageOf(cause)}`);
        if (!(error instanceof JetStreamApiError)) {
          tell('the lease could not be renewed', error);
          continue;
        }
        // The lease expired while NATS or this process was away, or somebody has taken it. Whoever comes first has it.
        const again = await take(kv, holder.id, value).catch((cause: unknown) => {
          tell('the lease could not be taken again', cause);
          return undefined;
        });
        if (again === undefined) continue;
        if (again.revision === undefined) {
          if (!stopping.signal.aborted) options.onLost(again.heldBy);
          return;
        }
        revision = again.revision;
      }
    }
  }

  const renewing = renew();
  return {
    lease: {
      async release() {
        stopping.abort();
        await renewing;
        // The revision makes sure that a lease which somebody else has taken is not removed.
        await kv.delete(KEY, { previousSeq: revision }).catch((error: unknown) => {
          options.log.debug({ err: error }, 'the lease was not given up, it expires by itself');
        });
      },
    },
  };
}

type Taken = { revision: number } | { revision?: never; heldBy: LeaseHolder };

async function take(
  kv: KV,
  id: string,
  value: string,
  isGone: (holder: LeaseHolder) => boolean = () => false,
): Promise<Taken> {
  // A second try is needed, because the holder may have let go between the refusal and the look at who holds the lease.
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { revision: await kv.create(KEY, value) };
    } catch (error) {
      if (!(error instanceof JetStreamApiError)) throw error;
    }
    const entry = await kv.get(KEY);
    const heldBy = holderIn(entry);
    if (heldBy && heldBy.id !== id && !isGone(heldBy)) return { heldBy };
    if (heldBy && entry) return { revision: await kv.update(KEY, value, entry.revision) };
    if (attempt > 0 && entry && entry.operation === 'PUT') throw unreadable(entry);
  }
}

async function bucket(nc: NatsConnection, cluster: string): Promise<KV> {
  return await new Kvm(nc).open(streamNames(cluster).lease);
}

function holderIn(entry: KvEntry | null): LeaseHolder | undefined {
  if (entry?.operation !== 'PUT') return undefined;
  try {
    return leaseHolder.parse(JSON.parse(entry.string()));
  } catch {
    return undefined;
  }
}

function unreadable(entry: KvEntry): VhiveError {
  return new VhiveError({
    code: 'internal',
    message: `the leader's lease (revision ${entry.revision} of ${entry.bucket}) was written by something else or another version`,
    hint: `it expires by itself within a minute; to remove it: nats kv del ${entry.bucket} ${KEY}`,
  });
}
