import { expect, it } from 'vitest';
import { cut, table } from './text-table.ts';

const columns = [{ heading: 'NODE' }, { heading: 'TASK', elastic: true }, { heading: 'TIME', align: 'right' as const }];
const rows = [
  [{ text: 'n1' }, { text: 'containerd 2.2.3 in /usr/local' }, { text: '1.2 s' }],
  [{ text: 'worker-22' }, { text: 'short' }, { text: '12 s' }],
];

it('aligns columns', () =>
  expect(table(columns, rows, { width: 80 })).toEqual([
    'NODE       TASK                             TIME',
    'n1         containerd 2.2.3 in /usr/local  1.2 s',
    'worker-22  short                            12 s',
  ]));

it('cuts the elastic column to the width', () => {
  const lines = table(columns, rows, { width: 30 });
  expect(lines[1]).toBe('n1         containerd…   1.2 s');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(30);
});

it('styles after padding, so that colours do not shift columns', () => {
  const marked = [[{ text: 'a', style: (text: string) => `<${text}>` }, { text: 'b' }, { text: 'c' }]];
  expect(table(columns, marked, { width: 80 })[1]).toBe('<a>     b        c');
});

it('marks what was cut', () => {
  expect(cut('abcdef', 4)).toBe('abc…');
  expect(cut('abcd', 4)).toBe('abcd');
  expect(cut('abcd', 1)).toBe('a');
});
