import { expect, test } from 'vitest';
import { againAsRoot, asksForLab } from './as-root.ts';

test.each([
  [['lab', 'up'], true],
  [['up', '--lab', '3'], true],
  [['up', '--lab=3'], true],
  [['up', '--nodes', '3'], false],
  [['logs', '--node', 'lab'], false],
  [[], false],
])('%j asks for a lab: %s', (words, expected) => {
  expect(asksForLab(words)).toBe(expected);
});

test('nothing is started for other commands', async () => {
  expect(await againAsRoot(['status'], { VHIVE_BIN_DIR: '/nowhere' })).toBeUndefined();
});
