import { Worker } from 'node:worker_threads';

/** The bytes of what both threads share: the number of the order, padding, and the time of the order. */
const SHARED_BYTES = 16;

/**
 * The thread that waits. A timer of the event loop comes up to a millisecond late; a wait on shared memory is right to
 * about 0.1 ms, and uses no processor time meanwhile, as a busy loop would. It is text because a bundle has no file of it.
 */
const WAITING_THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const order = new Int32Array(workerData.shared, 0, 1);
const time = new Float64Array(workerData.shared, 8, 1);
for (let seen = 0; ; ) {
  Atomics.wait(order, 0, seen);
  seen = Atomics.load(order, 0);
  const ms = time[0] - Number(process.hrtime.bigint() - workerData.origin) / 1e6;
  if (ms > 0) Atomics.wait(order, 0, seen, ms);
  if (Atomics.load(order, 0) === seen) parentPort.postMessage(seen);
}`;

/** A clock that rings at a given time, to about 0.1 ms. */
export interface Alarm extends AsyncDisposable {
  /** Milliseconds since the clock was made. */
  now(): number;
  /** Rings once at this time, milliseconds of {@link now}. A time that is set already is forgotten. */
  set(time: number): void;
}

/** Starts the clock; `ring` is called when a time that was set has come. */
export async function startAlarm(ring: () => void): Promise<Alarm> {
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const order = new Int32Array(shared, 0, 1);
  const time = new Float64Array(shared, 8, 1);
  const origin = process.hrtime.bigint();
  const now = () => Number(process.hrtime.bigint() - origin) / 1e6;
  const thread = new Worker(WAITING_THREAD, { eval: true, workerData: { shared, origin } });
  await new Promise((resolve, reject) => thread.once('online', () => resolve(undefined)).once('error', reject));
  thread.on('message', (rung) => {
    if (rung === order[0]) ring();
  });
  return {
    now,
    set(due) {
      time[0] = due;
      Atomics.add(order, 0, 1);
      Atomics.notify(order, 0);
    },
    [Symbol.asyncDispose]: async () => void (await thread.terminate()),
  };
}
