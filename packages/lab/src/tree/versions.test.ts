import { catalogue } from '@vhive/core/versions/catalogue';
import { expect, test } from 'vitest';
import { mirrorVersions, standInVersion, upstreamVersion, versionsBesideCatalogue } from './versions.ts';

test.each([
  ['1.20.5+really1.20.2-1.1+deb12u1', '1.20.2'],
  ['1.6.20~ds1-1+deb12u3', '1.6.20'],
  ['2.8.2+ds1-1', '2.8.2'],
  ['3.4.23-4+b4', '3.4.23'],
  ['1:1.4.7-1+b2', '1.4.7'],
  ['6.4', '6.4'],
  ['1.5.4+dfsg2-5', '1.5.4'],
])('Debian %s is upstream %s', (debian, upstream) => {
  expect(upstreamVersion(debian)).toBe(upstream);
});

test('versions are those of the catalogue, but for what is not served and for stand-ins', () => {
  const versions = mirrorVersions({ 'docker-registry': '2.8.2+ds1-1' });
  expect(versions).toMatchObject({ kubernetes: catalogue.kubernetes.version, registry: '2.8.2', kn: standInVersion });
  expect(Object.keys(versionsBesideCatalogue(versions)).toSorted()).toEqual([
    ...['crictl', 'gvisor', 'istio', 'kn', 'netIstio', 'registry'],
  ]);
});
