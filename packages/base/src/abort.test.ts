import { describe, expect, it } from 'vitest';
import { orAborted } from './abort.ts';

const never = new Promise<never>(() => undefined);

describe('orAborted', () => {
  it('gives what the work gives, also without a signal', async () => {
    expect(await orAborted(Promise.resolve(1), new AbortController().signal)).toBe(1);
    expect(await orAborted(Promise.resolve(2), undefined)).toBe(2);
    await expect(orAborted(Promise.reject(new Error('spoilt')), new AbortController().signal)).rejects.toThrow(
      'spoilt',
    );
  });

  it("rejects with the signal's reason, whether it aborts before or meanwhile", async () => {
    const reason = new Error('stopped');
    await expect(orAborted(never, AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const waiting = orAborted(never, stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('lets the work end within its grace', async () => {
    const work = Promise.withResolvers<string>();
    const stop = new AbortController();
    const waiting = orAborted(work.promise, stop.signal, 60_000);
    stop.abort(new Error('stopped'));
    work.resolve('in time');
    expect(await waiting).toBe('in time');
    await expect(orAborted(never, AbortSignal.abort(new Error('stopped')), 1)).rejects.toThrow('stopped');
  });
});
