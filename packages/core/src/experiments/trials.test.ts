import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ExperimentEvent, experimentEvent, readJournal, trialStates } from './journal.ts';
import { readExperiment } from './read-experiment.ts';
import { medianInterval } from './statistics.ts';
import { clusterKey, trialsOf } from './trials.ts';

const read = (order: string) =>
  readExperiment({
    path: 'e.yaml',
    text: `name: mine\nrepetitions: 3\norder: ${order}\nfunctions: [{ name: helloworld }]\nsweep: { over: { load.rps: [1, 2, 3], cluster.sandbox: [gvisor, stock-only] } }\n`,
  });
const numbers = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));

it('every point is measured as often as asked for, in any order', () => {
  fc.assert(
    fc.property(fc.constantFrom('blocks', 'random', 'as-written'), numbers, (order, stream) => {
      const trials = trialsOf(read(order), () => stream.next().value as number);
      expect(trials).toHaveLength(18);
      expect(new Set(trials.map(({ id }) => id)).size).toBe(18);
      if (order !== 'blocks') return;
      const keys = trials.map(({ point }) => clusterKey(point.settings));
      expect(keys.filter((key, index) => index > 0 && key !== keys[index - 1])).toHaveLength(1);
    }),
  );
  const half = () => 0.5;
  expect(trialsOf(read('random'), half).map(({ id }) => id)).not.toEqual(
    trialsOf(read('as-written'), half).map(({ id }) => id),
  );
});

it('equal settings of the cluster are equal in whatever order they are written', () => {
  expect(clusterKey({ placement: {}, cluster: { a: 1, b: { c: 2, d: 3 } } })).toBe(
    clusterKey({ placement: {}, cluster: { b: { d: 3, c: 2 }, a: 1 } }),
  );
  expect(clusterKey({ placement: {}, cluster: { a: [1, 2] } })).not.toBe(
    clusterKey({ placement: {}, cluster: { a: [2, 1] } }),
  );
});

const at = '2026-03-01T10:00:00.000Z';
it('a journal that was cut off anywhere tells what was finished before, and no finished trial is lost', () => {
  const event = fc.oneof(
    fc.record({
      type: fc.constantFrom('trial-begun' as const, 'trial-finished' as const),
      trial: fc.constantFrom('a', 'b'),
    }),
    fc.record({ type: fc.constant('trial-failed' as const), trial: fc.constantFrom('a', 'b'), reason: fc.string() }),
  );
  fc.assert(
    fc.property(fc.array(event), fc.nat(), (events, cut) => {
      const written = events.map((one) => experimentEvent.parse({ at, ...one }));
      const text = written.map((one) => `${JSON.stringify(one)}\n`).join('');
      const whole = readJournal(text);
      expect(whole).toEqual(written);
      const short = text.slice(0, cut % (text.length + 1));
      const read = readJournal(short);
      expect(read).toEqual(written.slice(0, read.length));
      const states = trialStates(whole);
      for (const { type, trial } of written)
        if (type === 'trial-finished') expect(states.get(trial)?.status).toBe('finished');
    }),
  );
});

it('a trial that failed and was measured again is finished', () => {
  const events: ExperimentEvent[] = [
    { type: 'trial-begun', at, trial: 'a' },
    { type: 'trial-failed', at, trial: 'a', reason: 'no node' },
  ];
  expect(trialStates(events).get('a')).toEqual({ status: 'failed', reason: 'no node' });
  expect(trialStates([...events, { type: 'trial-finished', at, trial: 'a' }]).get('a')).toEqual({ status: 'finished' });
});

it.each([
  // The ranks are those of tables of the binomial distribution: n = 6 takes the first and the last, n = 10 the second.
  [6, [1, 6]],
  [10, [2, 9]],
  [30, [10, 21]],
  [100, [40, 61]],
])('the interval of the median of %i values', (count, interval) => {
  const values = Array.from({ length: count }, (_, index) => index + 1);
  expect(medianInterval(values)).toEqual({ median: (count + 1) / 2, interval });
});

it('few values have a median and no interval, many have one that encloses it', () => {
  expect(medianInterval([3, 1, 2, 10])).toEqual({ median: 2.5, interval: undefined });
  expect(() => medianInterval([])).toThrow(RangeError);
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 6, maxLength: 500 }),
      (values) => {
        const { median, interval } = medianInterval(values);
        expect(interval?.[0]).toBeLessThanOrEqual(median);
        expect(interval?.[1]).toBeGreaterThanOrEqual(median);
      },
    ),
  );
});
