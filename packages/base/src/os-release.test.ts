import { expect, test } from 'vitest';
import { parseOsRelease } from './os-release.ts';

test('reads values with and without quotes', () => {
  expect(
    parseOsRelease('NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="24.04"\n# a comment\nPRETTY_NAME=\'Ubuntu 24.04 LTS\'\n'),
  ).toEqual({
    NAME: 'Ubuntu',
    ID: 'ubuntu',
    VERSION_ID: '24.04',
    PRETTY_NAME: 'Ubuntu 24.04 LTS',
  });
});

test('passes over comments, empty lines and what is no assignment', () => {
  const text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID=\'12\'\n# comment\n\nBROKEN\n';
  expect(parseOsRelease(text)).toEqual({
    PRETTY_NAME: 'Debian GNU/Linux 12 (bookworm)',
    ID: 'debian',
    VERSION_ID: '12',
  });
});
