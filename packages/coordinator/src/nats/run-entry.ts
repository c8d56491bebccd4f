import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { type MsgHdrs, headers as newHeaders } from '@nats-io/transport-node';
import { messageOf, type RunEvent, runEvent } from '@vhive/shared';
import * as z from 'zod';

/**
 * The form of events in the event store: an entry is a batch of events that were committed together. A large entry,
 * such as the plan of a large cluster, is compressed and, where it must be, spread over several messages. It counts
 * only once all of its parts are there, so a crash between two parts leaves nothing behind but a tail that readers
 * skip.
 */
const entryBody = z.object({ v: z.literal(1), events: z.array(runEvent).min(1) });

/** Bodies larger than this are compressed, in bytes. */
const COMPRESS_ABOVE = 32 * 1024;

/**
 * No entry may be larger than this when it is unpacked, in bytes. The limit is far above any real plan and guards
 * against a corrupt store.
 */
const MAX_ENTRY_BYTES = 512 * 1024 * 1024;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** One message of the event store. */
export interface EntryPart {
  data: Uint8Array;
  headers: MsgHdrs;
  /** Identifies this part, also among the parts of other processes, when it is not known whether it was stored. */
  id: string;
}

/** What the headers of a part say. */
export interface PartHead {
  /** The position of the entry's first event within the run, counting from 1. */
  first: number;
  /** The number of events in the entry. */
  count: number;
  /** The number of this part, counting from 1. */
  part: number;
  parts: number;
  compressed: boolean;
}

/** Packs events into parts of at most `partBytes` each. `first` is the position of the first event in the run. */
export async function encodeEntry(first: number, events: RunEvent[], partBytes: number): Promise<EntryPart[]> {
  const plain = Buffer.from(JSON.stringify({ v: 1, events } satisfies z.input<typeof entryBody>));
  const compressed = plain.byteLength > COMPRESS_ABOVE;
  const body = compressed ? await compress(plain) : plain;
  const parts = Math.ceil(body.byteLength / partBytes);
  return Array.from({ length: parts }, (_, index) => {
    const headers = newHeaders();
    headers.set('Vhive-First', String(first));
    headers.set('Vhive-Count', String(events.length));
    headers.set('Vhive-Part', `${index + 1}/${parts}`);
    headers.set('Vhive-Encoding', compressed ? 'zstd' : 'identity');
    return { data: body.subarray(index * partBytes, (index + 1) * partBytes), headers, id: randomUUID() };
  });
}

/** Reads the headers of a part. Throws with a reason when they do not belong to an entry. */
export function partHead(headers: MsgHdrs | undefined): PartHead {
  const [part, parts] = (headers?.get('Vhive-Part') ?? '').split('/').map(Number);
  const head = {
    first: Number(headers?.get('Vhive-First')),
    count: Number(headers?.get('Vhive-Count')),
    part: part ?? 0,
    parts: parts ?? 0,
    compressed: headers?.get('Vhive-Encoding') === 'zstd',
  };
  const { first, count } = head;
  if (![first, count, head.part, head.parts].every((value) => Number.isSafeInteger(value) && value > 0))
    throw new Error('its headers are not those of a run entry');
  return head;
}

/** Puts the parts of an entry together and validates every event. Throws with a reason. */
export async function decodeEntry(head: PartHead, parts: Uint8Array[]): Promise<RunEvent[]> {
  const body = Buffer.concat(parts);
  const plain = head.compressed ? await decompress(body, { maxOutputLength: MAX_ENTRY_BYTES }) : body;
  let json: unknown;
  try {
    json = JSON.parse(plain.toString('utf8'));
  } catch (error) {
    throw new Error(`not JSON (${messageOf(error)})`);
  }
  const parsed = entryBody.safeParse(json);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  if (parsed.data.events.length !== head.count)
    throw new Error(`${parsed.data.events.length} events where ${head.count} are announced`);
  return parsed.data.events;
}
