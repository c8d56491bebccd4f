import { expect, it } from 'vitest';
import { parseOsRelease } from './machine-apt.ts';

it('reads os-release with and without quotes', () => {
  const text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID=\'12\'\n# comment\n\nBROKEN\n';
  expect([...parseOsRelease(text)]).toEqual([
    ['PRETTY_NAME', 'Debian GNU/Linux 12 (bookworm)'],
    ['ID', 'debian'],
    ['VERSION_ID', '12'],
  ]);
});
