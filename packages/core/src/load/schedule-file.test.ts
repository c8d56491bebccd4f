import { type Schedule, type Shot, shot } from '@vhive/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSchedule, scheduleLines } from './schedule-file.ts';

const schedule = fc
  .record({
    endpoints: fc.array(fc.domain(), { minLength: 1, maxLength: 4 }),
    seed: fc.option(fc.integer()),
    source: fc.string(),
    durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    times: fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 20 }),
    work: fc.option(fc.record({ runtimeMs: fc.nat(), memoryMb: fc.nat() })),
  })
  .map(({ times, work, ...head }): Schedule => {
    const inOrder = times.toSorted((one, other) => one - other);
    const shots = inOrder.map(
      (atMs, index): Shot => ({ atMs, endpoint: index % head.endpoints.length, ...(work ? { work } : {}) }),
    );
    return { ...head, shots };
  });

const textOf = (one: Schedule) => [...scheduleLines(one)].join('');

describe('the file of a schedule', () => {
  it('is read as it was written, exactly', () => {
    fc.assert(
      fc.property(schedule, (one) => {
        // -0 is written as 0.
        expect(parseSchedule(textOf(one), 'x')).toEqual(JSON.parse(JSON.stringify(one)));
      }),
    );
  });

  it('is refused when it is cut off anywhere', () => {
    fc.assert(
      fc.property(schedule, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (one, part) => {
        const text = textOf(one).trimEnd();
        expect(() => parseSchedule(text.slice(0, Math.floor(text.length * part)), 'x')).toThrow(/^x:\d+: /);
      }),
    );
  });

  const head = '{"version":1,"seed":null,"source":"","endpoints":["a"],"count":2}';
  it.each([
    ['', 'load.jsonl:1: it is no JSON'],
    ['{"version":2}', 'load.jsonl:1: version'],
    [`${head}\n{"atMs":1,"endpoint":0}`, 'load.jsonl:2: its first line says 2 shots, but 1 lines follow'],
    [`${head}\n{"atMs":1,"endpoint":0}\n{"atMs":0.5,"endpoint":0}`, 'load.jsonl:3: atMs 0.5 is before'],
    [`${head}\n{"atMs":1,"endpoint":1}\n{"atMs":2,"endpoint":0}`, 'load.jsonl:2: endpoint 1 is not one of the 1'],
    [`${head}\n{"atMs":1,"endpoint":0}\n{"atMs":-2,"endpoint":0}`, 'load.jsonl:3: atMs'],
    [`${head}\n{"atMs":1,"endpoint":0}\nnonsense`, 'load.jsonl:3: it is no JSON'],
  ])('%j: refused with the line', (text, message) => {
    expect(() => parseSchedule(text, 'load.jsonl')).toThrow(message);
  });

  it('takes no shot without an end', () => {
    expect(shot.safeParse({ atMs: Number.POSITIVE_INFINITY, endpoint: 0 }).success).toBe(false);
  });
});
