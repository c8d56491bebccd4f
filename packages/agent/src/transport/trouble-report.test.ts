import { expect, it } from 'vitest';
import { createTroubleReport } from './trouble-report.ts';

it('tells trouble once, again when it changes and every minute, and when it is over', () => {
  const told: string[] = [];
  const logger = {
    debug() {},
    error() {},
    info: (text: string) => told.push(text),
    warn: (text: string) => told.push(text),
  };
  let now = 0;
  const trouble = createTroubleReport(logger, () => now);
  trouble.over();
  for (; now <= 60_000; now += 5_000) trouble.report('no answer');
  trouble.report('other answer');
  trouble.over();
  trouble.over();
  expect(told).toEqual([
    'no answer; trying again',
    'no answer; trying again',
    'other answer; trying again',
    'the coordinator answers again',
  ]);
});
