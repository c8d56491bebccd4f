import { statfs } from 'node:fs/promises';
import { ignoring } from '@vhive/base/ignoring';
import { pause } from '@vhive/base/retry/sleep';
import type { Logger } from 'pino';

const MIB = 1024 * 1024;
/** So much must be free before the event store is opened again, in bytes; on a small disk an eighth of it. */
const WANTED_BYTES = 64 * MIB;
/** With less than this free the disk counts as full, in bytes: the next write of a message may fail. */
const FULL_BYTES = MIB;
/** How often the disk is looked at, in milliseconds. */
const LOOK_EVERY_MS = 500;
/** While the disk is full, that is said again after this time, in milliseconds. */
const SAY_EVERY_MS = 60_000;

/**
 * Resolves when the disk of the event store is full, or when the signal aborts. nats-server itself may say nothing then:
 * a stream of which one write has failed takes no more messages, also when there is room again.
 */
export async function untilFull(directory: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const space = await statfs(directory).catch(ignoring('what is not there yet is not full'));
    if (space && space.bavail * space.bsize < FULL_BYTES) return;
    await pause(LOOK_EVERY_MS, signal);
  }
}

/** Waits until the disk of a full event store has room again, and says what is full and how much is needed. */
export async function untilRoom(directory: string, { log, signal }: { log: Logger; signal: AbortSignal }) {
  for (let saidAt = Number.NEGATIVE_INFINITY; !signal.aborted; ) {
    const { bsize, bavail, blocks } = await statfs(directory);
    const free = bavail * bsize;
    const total = blocks * bsize;
    const wanted = Math.min(WANTED_BYTES, total / 8);
    if (free >= wanted) return log.warn(`there is room in ${directory} again: the event store goes on`);
    if (performance.now() - saidAt > SAY_EVERY_MS) {
      saidAt = performance.now();
      log.error(
        `the disk of the event store is full: ${directory} has ${megabytes(free)} of ${megabytes(total)} free; ` +
          `runs stand still until ${megabytes(wanted)} are free there`,
      );
    }
    await pause(LOOK_EVERY_MS, signal);
  }
}

const megabytes = (bytes: number) => `${(bytes / MIB).toFixed(bytes < 10 * MIB ? 1 : 0)} MiB`;
