import { EventEmitter, once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { type Reachability, watchReachability } from './reachability.ts';

let watch: Reachability;
afterEach(() => watch?.close());

function start(silenceMs: number) {
  const events = new EventEmitter<{ lost: [string, Date] }>();
  const lost: string[] = [];
  watch = watchReachability((node, since) => {
    lost.push(node);
    events.emit('lost', node, since);
  }, silenceMs);
  return { events, lost };
}

it('calls a node unreachable once, after silence, and tells when it comes back', async () => {
  const { events, lost } = start(100);
  watch.watch('w1');
  expect(watch.isReachable('w1')).toBe(false);
  expect(watch.seen('w1')).toBe(true);
  expect(watch.seen('w1')).toBe(false);
  expect(watch.isReachable('w1')).toBe(true);
  const [node, since] = await once(events, 'lost');
  expect([node, since]).toEqual(['w1', watch.lastSeen('w1')]);
  expect(watch.isReachable('w1')).toBe(false);
  expect(watch.seen('w1')).toBe(true);
  await once(events, 'lost');
  expect(lost).toEqual(['w1', 'w1']);
});

it('reports a node that was never heard of, but not one that was forgotten', async () => {
  const { events, lost } = start(100);
  watch.watch('gone');
  watch.watch('w1');
  watch.forget('gone');
  const [node] = await once(events, 'lost');
  expect([node, watch.lastSeen('w1')]).toEqual(['w1', undefined]);
  expect(lost).toEqual(['w1']);
  expect(watch.seen('gone')).toBe(false);
});

it('blames nobody for a pause of the coordinator itself', async () => {
  const { events, lost } = start(200);
  watch.watch('w1');
  watch.seen('w1');
  // This process is kept busy for longer than a node may be silent.
  const until = performance.now() + 500;
  while (performance.now() < until);
  const first = once(events, 'lost');
  setImmediate(() => setImmediate(() => watch.seen('w1')));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(lost).toEqual([]);
  expect(watch.isReachable('w1')).toBe(true);
  await first;
});
