import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { logSubject, MAX_MESSAGE_BYTES, messageOf, runSubject, streamNames, VhiveError } from '@vhive/shared';

const MINUTE = 60_000;
const MIB = 1024 * 1024;

/** The room that the headers need next to the largest body, in bytes. */
const HEADER_ROOM = 16 * 1024;

/** A leader whose lease was not renewed for this long, in milliseconds, may be replaced. */
export const LEASE_TTL_MS = 15_000;

/** The size of all output of steps that is kept, in bytes. */
export const LOG_BYTES = 256 * MIB;

/** The settings of the cluster's streams that are not the same everywhere. */
export interface StreamOptions {
  /** The number of copies of every stream in a NATS cluster (1, 3 or 5); default 1. */
  replicas?: number;
  /** See {@link LEASE_TTL_MS}. */
  leaseTtlMs?: number;
}

type Wanted = Pick<StreamConfig, 'name' | 'subjects' | 'retention' | 'storage'> & Partial<StreamConfig>;

/** Returns the streams of a cluster, without the lease bucket. Only settings that nats-server 2.9 knows are used. */
export function streamConfigs(cluster: string, replicas = 1): Wanted[] {
  const names = streamNames(cluster);
  const common = { storage: StorageType.File, num_replicas: replicas, max_msg_size: MAX_MESSAGE_BYTES + HEADER_ROOM };
  return [
    {
      ...common,
      name: names.runs,
      subjects: [runSubject(cluster, '*')],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.New,
      duplicate_window: nanos(10 * MINUTE),
    },
    {
      ...common,
      name: names.logs,
      subjects: [logSubject(cluster, '*')],
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_bytes: LOG_BYTES,
      max_age: nanos(14 * 24 * 60 * MINUTE),
      duplicate_window: nanos(10 * MINUTE),
    },
  ];
}

/**
 * Makes the streams and the lease bucket, or brings existing ones to the wanted settings. It is safe to repeat this and
 * to run it in two processes at once. Rejects with a VhiveError when JetStream is off or when a setting cannot be
 * changed in place.
 */
export async function ensureStreams(nc: NatsConnection, cluster: string, options: StreamOptions = {}): Promise<void> {
  const jsm = await manager(nc);
  for (const wanted of streamConfigs(cluster, options.replicas)) await ensureStream(jsm, wanted);
  const ttl = options.leaseTtlMs ?? LEASE_TTL_MS;
  const bucket = streamNames(cluster).lease;
  await explained(bucket, async () => {
    await new Kvm(nc).create(bucket, { history: 1, ttl, replicas: options.replicas ?? 1, storage: StorageType.File });
  });
  await ensureStream(jsm, { name: `KV_${bucket}`, max_age: nanos(ttl), duplicate_window: nanos(ttl) });
  await removeStream(jsm, streamNames(cluster).formerEvents);
}

/** Returns a manager of JetStream, or throws a VhiveError that says why there is none. */
async function manager(nc: NatsConnection): Promise<JetStreamManager> {
  try {
    return await jetstreamManager(nc);
  } catch (cause) {
    throw new VhiveError({
      code: 'unreachable',
      message: `the NATS server ${nc.getServer()} does not offer JetStream to us: ${messageOf(cause)}`,
      hint: 'an external server needs "jetstream {}" in its configuration and JetStream limits in the account',
      cause,
    });
  }
}

async function ensureStream(jsm: JetStreamManager, wanted: Partial<StreamConfig> & { name: string }): Promise<void> {
  await explained(wanted.name, async () => {
    const existing = await configOf(jsm, wanted.name);
    if (!existing) {
      await jsm.streams.add(wanted);
      return;
    }
    const changed = (Object.keys(wanted) as (keyof StreamConfig)[]).some(
      (key) => JSON.stringify(existing[key]) !== JSON.stringify(wanted[key]),
    );
    if (changed) await jsm.streams.update(wanted.name, { ...existing, ...wanted });
  });
}

/**
 * Removes a stream that is no longer used. What earlier versions left in it was acknowledged to agents, which answer
 * from their journals when they are asked again.
 */
async function removeStream(jsm: JetStreamManager, name: string): Promise<void> {
  await explained(name, async () => {
    if (await configOf(jsm, name)) await jsm.streams.delete(name);
  });
}

async function configOf(jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
    throw error;
  }
}

async function explained(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const refused = cause instanceof JetStreamApiError;
    throw new VhiveError({
      code: refused ? 'usage' : 'unreachable',
      message: `the stream ${name} cannot be set up as needed: ${messageOf(cause)}`,
      hint: refused
        ? `look at it: nats stream info ${name}; one made by something else must be removed or renamed first, and the account needs JetStream storage of at least 1 GiB`
        : 'is the NATS server up? vhive-coord doctor',
      cause,
    });
  }
}
