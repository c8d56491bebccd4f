import { expect, test } from 'vitest';
import { commandWords } from './command-words.ts';

test.each([
  [undefined, undefined, 'vhive-coord status'],
  ['/var/lib/vhive-coord', undefined, 'vhive-coord status'],
  ['/srv/a b', undefined, "vhive-coord status --state-dir '/srv/a b'"],
  ['/srv/vhive', 'bin/vhive-coord', 'bin/vhive-coord status --state-dir /srv/vhive'],
])('state directory %s, called as %s', (stateDir, typed, expected) => {
  expect(commandWords(stateDir, '/var/lib/vhive-coord', typed).coord('status')).toBe(expected);
});
