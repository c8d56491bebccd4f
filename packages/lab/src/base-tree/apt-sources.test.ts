import { describe, expect, it } from 'vitest';
import { aptSourceLine, debianSources, parseAptSources } from './apt-sources.ts';

const deb822 = `# a comment
Types: deb deb-src
URIs: http://mirror.example/debian http://second.example/debian
Suites: bookworm
 bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

types: deb
uris: https://security.example/debian-security
suites: bookworm-security
components: main
signed-by:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF

Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main
`;

const oneLine = `deb [arch=amd64 signed-by=/etc/apt/keyrings/third.gpg] https://third.example/repo bookworm stable
# deb http://commented.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb [ trusted=yes ] http://mirror.example/debian  bookworm   main non-free # with a comment
deb cdrom:[Debian 12]/ bookworm main
  deb http://flat.example/packages ./
`;

describe('parseAptSources', () => {
  it('reads every pair of archive and suite of a deb822 file', () => {
    const sources = parseAptSources('debian.sources', deb822);
    expect(sources.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://mirror.example/debian bookworm',
      'http://mirror.example/debian bookworm-updates',
      'http://second.example/debian bookworm',
      'http://second.example/debian bookworm-updates',
      'https://security.example/debian-security bookworm-security',
    ]);
    expect(sources[0]).toMatchObject({
      components: ['main', 'contrib'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
      trusted: false,
    });
    expect(sources[4], 'a key written out is no path').not.toHaveProperty('signedBy');
  });

  it('reads one-line entries with options, and no comments, source packages or CD-ROMs', () => {
    expect(parseAptSources('/etc/apt/sources.list', oneLine)).toEqual([
      {
        uri: 'https://third.example/repo',
        suite: 'bookworm',
        components: ['stable'],
        signedBy: '/etc/apt/keyrings/third.gpg',
        trusted: false,
      },
      { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main', 'non-free'], trusted: true },
      { uri: 'http://flat.example/packages', suite: './', components: [], trusted: false },
    ]);
  });

  it.each(['a.list', 'a.sources'])('finds nothing in an empty %s', (name) => {
    expect(parseAptSources(name, '\n\n')).toEqual([]);
  });
});

describe('debianSources', () => {
  it('takes the archives of main and its fixes, the plain suite first', () => {
    const sources = parseAptSources('debian.sources', deb822).reverse();
    expect(debianSources(sources, 'bookworm', 'bookworm').map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://second.example/debian bookworm',
      'http://second.example/debian bookworm-updates',
      'https://security.example/debian-security bookworm-security',
    ]);
  });

  it("asks the archives of another release's machine for the lab's release", () => {
    const sources = parseAptSources('debian.sources', deb822.replaceAll('bookworm', 'trixie'));
    const suites = debianSources(sources, 'trixie', 'bookworm').map(({ suite }) => suite);
    expect(suites).toEqual(['bookworm', 'bookworm-updates', 'bookworm-security']);
  });

  it('leaves out archives that are not Debian, though their suite is called the same', () => {
    const third = oneLine.split('\n').slice(0, 1).join('');
    expect(debianSources(parseAptSources('third.list', third), 'bookworm', 'bookworm')).toEqual([]);
  });
});

it.each([
  [{ uri: 'http://a/debian', suite: 'x', components: ['main'], trusted: false }, 'deb http://a/debian x main'],
  [
    { uri: 'http://a/debian', suite: 'x', components: ['main', 'contrib'], signedBy: '/k.gpg', trusted: true },
    'deb [signed-by=/k.gpg trusted=yes] http://a/debian x main contrib',
  ],
])('writes %j as apt reads it', (source, line) => {
  expect(aptSourceLine(source)).toBe(line);
  expect(parseAptSources('a.list', line)).toEqual([source]);
});
