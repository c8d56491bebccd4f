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
