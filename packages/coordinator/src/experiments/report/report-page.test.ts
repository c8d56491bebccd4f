import { exampleTrial } from '@vhive/core/experiments/trial.fixture';
import { expect, it } from 'vitest';
import { numberText } from './number-text.ts';
import { type ReportedExperiment, reportPage } from './report-page.ts';

const trials = (p50: number) =>
  [1, 2, 3, 4, 5, 6].map((repetition) => exampleTrial('p1', repetition, { p50: p50 + repetition }));
const experiment = (changed: Partial<ReportedExperiment> = {}): ReportedExperiment => ({
  ...{ folder: 'before', file: 'name: mine\n', trials: trials(10), failed: [], left: 0 },
  ...changed,
});

it('has the medians with their intervals, a plot, the failures and the file', () => {
  const page = reportPage([experiment({ failed: [{ trial: 'p1-r7', reason: 'no node <has> room' }], left: 2 })]);
  expect(page).toContain('6 trials measured, 1 failed, 2 not measured yet');
  expect(page).toContain('<td>load.rps=10</td><td>6</td><td>13.5<br><span class="faint">11.0 to 16.0</span></td>');
  expect(page.match(/<circle class="value"/g)).toHaveLength(18);
  expect(page).toContain('<td class="text">no node &#60;has&#62; room</td>');
  expect(page).toContain('<pre><code>name: mine\n</code></pre>');
});

it('needs nothing from elsewhere', () => {
  const page = reportPage([experiment()]);
  expect(page).not.toMatch(/(src|href)=|@import|url\(/);
  expect(page).not.toMatch(/undefined|NaN|\[object/);
});

it('compares the points that experiments have in common', () => {
  const page = reportPage([experiment(), experiment({ folder: 'after', trials: trials(30) })]);
  expect(page).toContain('after compared to before');
  // 33.5 instead of 13.5, and no interval reaches the other.
  expect(page).toContain('<td class="worse">+148.1 %</td>');
  expect(page).toContain('<td class="faint">0.0 %</td>');
  const other = exampleTrial('p1', 1);
  const apart = reportPage([experiment(), experiment({ trials: [{ ...other, values: { 'load.rps': 99 } }] })]);
  expect(apart).toContain('They have no point in common.');
});

it('an experiment without a trial has a report too', () => {
  expect(reportPage([experiment({ trials: [], left: 4 })])).toContain(
    '0 trials measured, 0 failed, 4 not measured yet',
  );
});

it.each([
  [0, '0'],
  [0.01234, '0.0123'],
  [1.234, '1.23'],
  [12.34, '12.3'],
  [123.4, '123'],
  [12345.6, '12346'],
])('%f is written %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});
