import { expect, it } from 'vitest';
import { differenceOf, metrics, summarise } from './summary.ts';
import { exampleTrial } from './trial.fixture.ts';

it('the trials of a point are put together, and points come in their order', () => {
  const trials = [
    exampleTrial('p2', 1, { p50: 40 }),
    exampleTrial('p1', 2, { p50: 30 }),
    exampleTrial('p1', 1, { p50: 10 }),
  ];
  const summaries = summarise(trials);
  expect(summaries.map(({ point, trials: members }) => [point, members.map(({ id }) => id)])).toEqual([
    ['p1', ['p1-r1', 'p1-r2']],
    ['p2', ['p2-r1']],
  ]);
  expect(summaries[0]?.figures.get('p50')).toEqual({ median: 20, interval: undefined });
  expect(summaries[0]?.figures.get('failed')).toEqual({ median: 10, interval: undefined });
  expect([...(summaries[0]?.figures.keys() ?? [])]).toEqual(metrics.map(({ key }) => key));
});

it('without an answer there is no latency', () => {
  const [summary] = summarise([exampleTrial('p1', 1, { count: 0 })]);
  expect(summary?.figures.has('p50')).toBe(false);
  expect(summary?.figures.has('failed')).toBe(true);
});

it('a difference is clear only where the intervals have nothing in common', () => {
  const figure = (median: number, low: number, high: number) => ({ median, interval: [low, high] as const });
  expect(differenceOf(figure(20, 18, 22), figure(10, 9, 11))).toEqual({ percent: 100, clear: true });
  expect(differenceOf(figure(9, 8, 10), figure(10, 9, 11))).toEqual({ percent: -10, clear: false });
  expect(differenceOf(figure(5, 1, 9), { median: 0, interval: undefined })).toEqual({
    percent: undefined,
    clear: undefined,
  });
});
