import { expect, it } from 'vitest';
import { table } from './text-table.ts';
import { widthOf } from './text-width.ts';

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

it('counts letters that are two columns wide as two', () => {
  const wide = [[{ text: '節点' }, { text: 'x' }, { text: 'y' }]];
  expect(table(columns, wide, { width: 80 })[1]).toBe('節点  x        y');
});

it('leaves optional columns out when there is no room, the last one first', () => {
  const optional = [{ heading: 'A' }, { heading: 'BBBB', optional: true }, { heading: 'CCCC', optional: true }];
  const cells = [['a', 'b', 'c'].map((text) => ({ text }))];
  expect(table(optional, cells, { width: 13 })[0]).toBe('A  BBBB  CCCC');
  expect(table(optional, cells, { width: 12 })[0]).toBe('A  BBBB');
  expect(table(optional, cells, { width: 6 })[0]).toBe('A');
});

it('cuts the widest columns when nothing else helps', () => {
  const rigid = [{ heading: 'A' }, { heading: 'B' }];
  const cells = [[{ text: 'a'.repeat(50) }, { text: 'b'.repeat(10) }]];
  const lines = table(rigid, cells, { width: 20 });
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(20);
  expect(lines[1]).toContain('b'.repeat(8));
});
