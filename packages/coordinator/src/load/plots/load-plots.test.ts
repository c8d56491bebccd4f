import type { Sample } from '@vhive/base/load/sample';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chart } from './chart.ts';
import { LoadPlots } from './load-plots.ts';
import { linearScale, logScale } from './scale.ts';

const sample = (index: number, more: Partial<Sample> = {}): Sample => ({
  ...{ index, atMs: index, intendedMs: index, sentMs: index + 0.5, endMs: index + 10, endpoint: 0 },
  ...{ outcome: 'ok', warmUp: false },
  ...more,
});
const dotsOf = (svg: string) => svg.match(/h0/g)?.length ?? 0;
const places = (svg: string) => [...svg.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

describe('the pictures of a load', () => {
  it('draw a dot for each call that was no warm-up, and both distributions', () => {
    const plots = new LoadPlots();
    for (let n = 0; n < 100; n++) plots.add(sample(n, { warmUp: n < 10, outcome: n % 10 === 0 ? 'error' : 'ok' }));
    expect(dotsOf(plots.overTime('over time'))).toBe(90);
    const svg = plots.distribution('a < b & "c"');
    expect(svg).toContain('<title>a &#60; b &#38; &#34;c&#34;</title>');
    expect(svg.match(/<path d="M[^"]*" fill="none"/g)?.length).toBe(2);
  });

  it('show at most so many dots, and say of how many calls', () => {
    const plots = new LoadPlots();
    for (let n = 0; n < 30_000; n++) plots.add(sample(n));
    const svg = plots.overTime('');
    expect(dotsOf(svg)).toBeGreaterThan(2_000);
    expect(dotsOf(svg)).toBeLessThanOrEqual(5_000);
    expect(svg).toContain('one call of 8');
  });

  it('can be drawn of a load without a call, and of one that took no time', () => {
    const none = new LoadPlots();
    const flat = new LoadPlots();
    flat.add(sample(0, { endMs: 0, sentMs: 0 }));
    for (const svg of [none, flat].flatMap((plots) => [plots.overTime(''), plots.distribution('')]))
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('have no curve where no call succeeded', () => {
    const plots = new LoadPlots();
    plots.add(sample(0, { outcome: 'error' }));
    expect(plots.distribution('')).not.toContain('fill="none"');
    expect(dotsOf(plots.overTime(''))).toBe(1);
  });

  it('stay within the picture, whatever they show', () => {
    const value = fc.double({ min: 0, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value), { minLength: 1 }), fc.boolean(), (points, isLog) => {
        const highest = Math.max(...points.map(([, y]) => y));
        const lowest = isLog ? { lowest: Math.min(...points.map(([, y]) => y)) } : {};
        const width = Math.max(...points.map(([x]) => x));
        const svg = chart('', { title: '', highest: width }, { title: '', highest, ...lowest }, [
          { label: '', color: '#0072b2', kind: 'line', points },
        ]);
        for (const [x = -1, y = -1] of places(svg)) {
          expect(x >= 0 && x <= 800).toBe(true);
          expect(y >= 0 && y <= 450).toBe(true);
        }
      }),
    );
  });

  it('have a few round numbers at their axes', () => {
    expect(linearScale(100, [0, 100]).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(linearScale(7, [0, 100]).ticks).toEqual([0, 2, 4, 6]);
    for (const [lowest, highest] of [
      [1.38, 1.9],
      [3, 3],
      [0, 0],
      [5.1, 5.2],
    ] as const) {
      const { ticks, at } = logScale(lowest, highest, [0, 100]);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(at(lowest)).toBeGreaterThanOrEqual(at(ticks[0] ?? 0));
      expect(at(highest)).toBeLessThanOrEqual(at(ticks.at(-1) ?? 0));
    }
    expect(logScale(0.9, 60, [0, 100]).ticks).toEqual([1, 2, 5, 10, 20, 50]);
    expect(logScale(0.1, 10_000, [0, 100]).ticks).toEqual([0.1, 1, 10, 100, 1_000, 10_000]);
  });
});
