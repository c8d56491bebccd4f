import { describe, expect, test } from 'vitest';
import { backportsOf, sourcesWithSourcePackages } from './apt-sources.ts';

function rewritten(name: string, text: string, release = 'bookworm'): string | undefined {
  return sourcesWithSourcePackages([{ name, text }], release)[0]?.text;
}

describe('deb822 sources', () => {
  test('give source packages from the same place with the same key', () => {
    const text = [
      'Types: deb',
      '# a snapshot of some day',
      'URIs: http://mirror.example/debian',
      'Suites: bookworm bookworm-updates bookworm-backports',
      'Components: main contrib',
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
      '',
      'Types: deb',
      'URIs: http://mirror.example/debian-security',
      'Suites: bookworm-security',
      'Components: main',
    ].join('\n');
    expect(rewritten('debian.sources', text)).toBe(
      [
        'Types: deb deb-src',
        'URIs: http://mirror.example/debian',
        'Suites: bookworm bookworm-updates',
        'Components: main',
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
        '',
        'Types: deb deb-src',
        'URIs: http://mirror.example/debian-security',
        'Suites: bookworm-security',
        'Components: main',
        '',
      ].join('\n'),
    );
  });

  test('that are switched off, third-party or without main are left out', () => {
    const stanza = (line: string) => `Types: deb\nURIs: http://x.example/\nSuites: bookworm\nComponents: main\n${line}`;
    expect(rewritten('a.sources', stanza('Enabled: no'))).toBeUndefined();
    expect(rewritten('a.sources', stanza('Enabled: yes'))).toContain('deb-src');
    expect(rewritten('a.sources', stanza('').replace('main', 'contrib'))).toBeUndefined();
    expect(rewritten('a.sources', stanza('').replace('Suites: bookworm', 'Suites: nodistro'))).toBeUndefined();
  });

  test('keep a key that is written into the stanza', () => {
    const key = 'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEZ\n -----END PGP PUBLIC KEY BLOCK-----';
    const text = `Types: deb\nURIs: http://x.example/\nSuites: bookworm\nComponents: main\n${key}\n`;
    expect(rewritten('a.sources', text)).toContain(key);
  });
});

describe('one-line sources', () => {
  test('give source packages with the same options', () => {
    const text = [
      '# deb http://old.example/debian bookworm main',
      'deb cdrom:[Debian GNU/Linux 12]/ bookworm main',
      'deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main non-free # ours',
      'deb http://packages.example/apt tool-bookworm main',
      'deb-src http://mirror.example/debian bookworm main',
    ].join('\n');
    expect(rewritten('sources.list', text)).toBe(
      [
        'deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main',
        'deb-src [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main',
        '',
      ].join('\n'),
    );
  });
});

test('a newer Debian is asked for the release the mirror is made from', () => {
  const text = 'deb http://mirror.example/debian trixie main\ndeb http://mirror.example/debian sid main\n';
  expect(rewritten('sources.list', text, 'trixie')).toBe(
    'deb http://mirror.example/debian bookworm main\ndeb-src http://mirror.example/debian bookworm main\n',
  );
});

test('backports come from the archive, not from its fixes', () => {
  const lines = [
    'deb http://deb.example/debian bookworm main',
    'deb http://deb.example/security bookworm-security main',
  ];
  const stanza = (uri: string, suites: string) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: /key.gpg\n`;
  const stanzas = [
    stanza('http://deb.example/debian', 'bookworm bookworm-updates'),
    stanza('http://deb.example/security', 'bookworm-security'),
  ];
  const files = [
    { name: 'a.list', text: lines.join('\n') },
    { name: 'b.sources', text: stanzas.join('\n') },
    { name: 'c.list', text: lines[1] ?? '' },
  ];
  expect(backportsOf(sourcesWithSourcePackages(files, 'bookworm'))).toEqual([
    {
      name: 'a.list',
      text: [
        'deb http://deb.example/debian bookworm-backports main',
        'deb-src http://deb.example/debian bookworm-backports main',
        '',
      ].join('\n'),
    },
    {
      name: 'b.sources',
      text: [
        'Types: deb deb-src',
        'URIs: http://deb.example/debian',
        'Suites: bookworm-backports',
        'Components: main',
        'Signed-By: /key.gpg',
        '',
      ].join('\n'),
    },
  ]);
});
