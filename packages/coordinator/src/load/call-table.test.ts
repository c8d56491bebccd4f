import type { Sample } from '@vhive/base/load/sample';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_TABLE_HEAD, callTableLine } from './call-table.ts';

const sample: Sample = {
  ...{ index: 7, atMs: 1.5, intendedMs: 1.5, sentMs: 1.6004, endMs: 12.3456, endpoint: 1, warmUp: true },
  ...{ outcome: 'error', error: 'a "b", c\nd', connectMs: 0.25, functionMs: 3, coldStart: true },
};

/** The cells of a line, as RFC 4180 has them. */
function cellsOf(line: string): string[] {
  return [...line.trimEnd().matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

describe('the table of calls', () => {
  it('has whole microseconds, and a cell for each column', () => {
    const row = Object.fromEntries(
      cellsOf(callTableLine(sample, ['x', 'y'], 'node2')).map((cell, index) => [cellsOf(CALL_TABLE_HEAD)[index], cell]),
    );
    expect(row).toEqual({
      ...{ shot: '7', endpoint: 'y', warm_up: '1', intended_us: '1500', sent_us: '1600', end_us: '12346' },
      ...{ latency_from_intended_us: '10846', latency_from_sent_us: '10745', outcome: 'error', start: 'cold' },
      ...{ connect_us: '250', function_us: '3000', error: 'a "b", c\\nd', generator: 'node2' },
    });
  });

  it('stays one line of as many cells, whatever an error says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (error) => {
        const line = callTableLine({ ...sample, error }, ['x', 'y']);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(cellsOf(line).length).toBe(cellsOf(CALL_TABLE_HEAD).length);
      }),
    );
  });
});
