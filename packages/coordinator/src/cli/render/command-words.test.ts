import { readdirSync } from 'node:fs';
import { join } from 'node:path';
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

const { inText } = commandWords(undefined, '/var/lib/vhive-coord', 'bin/vhive-coord');

test('a hint names the commands as this program was called', () => {
  expect(inText('see the nodes: vhive-coord nodes ls, or vhive-coord <command> --help')).toBe(
    'see the nodes: bin/vhive-coord nodes ls, or bin/vhive-coord <command> --help',
  );
  expect(inText('vhive-coord --help')).toBe('bin/vhive-coord --help');
});

test.each([
  'journalctl -u vhive-coord',
  'systemctl restart vhive-coord.service',
  '/var/lib/vhive-coord up there',
  'other/vhive-coord up',
  'vhive-coord is not running',
  'bin/vhive-coord status',
])('%s is left as it is', (text) => {
  expect(inText(text)).toBe(text);
});

test('every command is known', () => {
  const folder = join(import.meta.dirname, '../commands');
  for (const name of readdirSync(folder)) expect(inText(`vhive-coord ${name}`)).toBe(`bin/vhive-coord ${name}`);
});
