import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Followers } from './followers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const abandoned = (followers: Followers) => {
  const tell = vi.fn();
  followers.onAbandoned('run-1', 1_000, tell);
  return tell;
};

it('tells of a run that nobody has followed from the beginning', () => {
  const tell = abandoned(new Followers());
  vi.advanceTimersByTime(999);
  expect(tell).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(tell).toHaveBeenCalledOnce();
});

it('waits as long as anybody follows it, and a while for one who comes back', () => {
  const followers = new Followers();
  const tell = abandoned(followers);
  const leave = followers.follow('run-1');
  const leaveToo = followers.follow('run-1');
  leave();
  vi.advanceTimersByTime(10_000);
  leaveToo();
  vi.advanceTimersByTime(900);
  const back = followers.follow('run-1');
  vi.advanceTimersByTime(10_000);
  expect(tell).not.toHaveBeenCalled();
  back();
  vi.advanceTimersByTime(1_000);
  expect(tell).toHaveBeenCalledOnce();
});
