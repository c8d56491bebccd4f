import {
  type ConnectionUse,
  type LoadProgress,
  type LoadProtocol,
  type LoadTotals,
  type Shot,
  VhiveError,
} from '@vhive/shared';
import { orAborted } from '../abort.ts';
import type { Target } from './caller.ts';
import { InFlight } from './in-flight.ts';
import { LoadTally } from './load-tally.ts';
import { makeCaller } from './make-caller.ts';
import { mostCallsInFlight } from './open-files.ts';
import { progressMeter } from './progress-meter.ts';
import type { Sample } from './sample.ts';
import { sendShots } from './send-shots.ts';

/** What is in flight when a load is interrupted has so many milliseconds left. */
const INTERRUPTED_GRACE_MS = 1_000;
/** How often progress is told, milliseconds. */
const PROGRESS_MS = 1_000;

/** A load, and whom to tell about it. */
export interface LoadOrder {
  /** In the order of their times. They are taken one by one as they come due. */
  shots: Iterable<Shot>;
  /** Whom the shots mean by their index. */
  endpoints: readonly Target[];
  protocol: LoadProtocol;
  connections: ConnectionUse;
  /** The path of calls over HTTP; default `/`. */
  path?: string;
  /** How long a call may take from when it is sent, milliseconds. */
  timeoutMs: number;
  /** Shots that are intended before this time are for warming up, milliseconds; default 0. */
  warmUpMs?: number;
  /** How long the load lasts, with its warm-up, milliseconds; default: until its last shot. */
  durationMs?: number;
  /** The most calls in flight at once; a shot above it is not sent, and has failed. Default: what open files allow. */
  mostInFlight?: number;
  /** Headers that the call of a shot has beside those of its protocol, by the number of the shot. */
  headersOf?: ((index: number) => Readonly<Record<string, string>> | undefined) | undefined;
  /** When the load begins, milliseconds since 1970 by the clock of this machine; default: at once. */
  startAt?: number;
  /** Called once, before the first shot, with the moment at which the load begins: milliseconds since 1970. */
  onBegin?: (startedAt: number) => void;
  /** Called for each shot when it has ended, in the order of their ends. */
  onSample?: (sample: Sample) => void;
  /** Called every second from the beginning on. */
  onProgress?: (progress: LoadProgress) => void;
  /** An abort ends the sending. What is in flight then has a second left, and the totals are of what was sent. */
  signal?: AbortSignal;
}

/**
 * Sends every shot at its intended time, whatever is in flight (an open loop), and waits for what is in flight at the end.
 * A shot that comes late is sent all the same. Calls that fail are in the totals; it rejects only for defects, for a shot
 * of an endpoint that there is not, and where it is ready only after `startAt` has passed.
 */
export async function runLoad(order: LoadOrder): Promise<LoadTotals> {
  const { timeoutMs, warmUpMs = 0, signal } = order;
  const caller = makeCaller(order.protocol, { connections: order.connections, timeoutMs, path: order.path ?? '/' });
  const tally = new LoadTally();
  const most = order.mostInFlight ?? mostCallsInFlight();
  const inFlight = new InFlight(
    { caller, now: () => sending.now(), timeoutMs, most, headersOf: order.headersOf },
    (sample) => {
      tally.add(sample);
      order.onSample?.(sample);
    },
  );
  await caller.prepare(order.endpoints);
  refuseLateStart(order.startAt);
  let planned = 0;
  await using sending = await sendShots(
    order.shots,
    (shot, index) => {
      const warmUp = shot.atMs < warmUpMs;
      if (!warmUp) planned++;
      inFlight.send(shot, index, targetOf(order.endpoints, shot), warmUp);
    },
    signal,
    order.startAt,
  );
  order.onBegin?.(sending.startedAt);
  const meter = progressMeter({ tally, inFlight, sending }, warmUpMs);
  const progress = setInterval(() => {
    if (sending.now() > 0) order.onProgress?.(meter());
  }, PROGRESS_MS);
  try {
    await sending.over;
    const endMs = signal?.aborted ? sending.now() : (order.durationMs ?? sending.lastDueMs);
    await allEnded(inFlight, signal);
    return tally.totals({
      planned,
      plannedMs: Math.max(0, endMs - warmUpMs),
      warmUpMs,
      interrupted: signal?.aborted === true,
      mostInFlight: inFlight.highest,
      connections: caller.connections,
    });
  } finally {
    clearInterval(progress);
    caller.close();
  }
}

function refuseLateStart(startAt: number | undefined): void {
  const lateMs = Date.now() - (startAt ?? Number.POSITIVE_INFINITY);
  if (lateMs <= 0) return;
  throw new VhiveError({
    code: 'step-failed',
    message: `the load was to begin ${lateMs} ms ago, and nothing was sent`,
    hint: 'is this machine very busy, or was its agent started again in the middle? A load that was broken off is not resumed: send it again',
  });
}

async function allEnded(inFlight: InFlight, signal: AbortSignal | undefined): Promise<void> {
  const isOver = await orAborted(inFlight.ended(), signal, INTERRUPTED_GRACE_MS).then(
    () => true,
    () => false,
  );
  if (!isOver) inFlight.giveUpAll('not waited for: the load was interrupted');
}

function targetOf(endpoints: readonly Target[], { endpoint }: Shot): Target {
  const target = endpoints[endpoint];
  if (target) return target;
  throw new VhiveError({
    code: 'usage',
    message: `a shot is for endpoint ${endpoint}, but there are ${endpoints.length}`,
  });
}
