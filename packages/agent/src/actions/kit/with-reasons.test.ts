import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { testContext } from './context.fixture.ts';
import { failedForGood } from './failures.ts';
import { withReasons } from './with-reasons.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const never = () => new Promise<never>(() => undefined);
/** Lets so many looks of five seconds pass. */
const looks = async (count: number) => {
  for (let look = 0; look < count; look++) await vi.advanceTimersByTimeAsync(5_000);
};

it('tells the reasons from the tenth second on, and that the wait is over', async () => {
  await using context = await testContext();
  const work = Promise.withResolvers<string>();
  const done = withReasons(
    context,
    async () => ['because'],
    () => work.promise,
  );
  await looks(1);
  expect(context.waited).toEqual([]);
  await looks(2);
  expect(context.waited).toEqual([['because'], ['because']]);
  // The log has each reason once.
  expect(context.logged).toEqual(['waits: because']);
  work.resolve('here');
  expect(await done).toBe('here');
  expect(context.waited.at(-1)).toEqual([]);
  await looks(2);
  expect(context.waited).toHaveLength(3);
});

it('a look that fails is passed over; one that finds the wait in vain ends it', async () => {
  await using context = await testContext();
  const thrown: Error[] = [new Error('no answer'), failedForGood('it never comes')];
  let aborted = false;
  const reasons = async () => {
    throw thrown.shift() ?? new Error('asked again');
  };
  const done = withReasons(context, reasons, (signal) => {
    signal.addEventListener('abort', () => {
      aborted = true;
    });
    return never();
  });
  done.catch(() => undefined);
  await looks(1);
  expect(aborted).toBe(false);
  await looks(1);
  await expect(done).rejects.toThrow('it never comes');
  expect(aborted).toBe(true);
});

it('asks no second time while a look is under way', async () => {
  await using context = await testContext();
  const reasons = vi.fn(never);
  void withReasons(context, reasons, never).catch(() => undefined);
  await looks(3);
  expect(reasons).toHaveBeenCalledTimes(1);
});
