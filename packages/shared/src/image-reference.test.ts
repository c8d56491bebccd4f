import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  archivedImageName,
  formatImageReference,
  fullImageReference,
  imageArchivePath,
  parseImageReference,
  readImageReference,
} from './image-reference.ts';

const hex = 'd'.repeat(64);

it.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['vhiveease/helloworld:var_workload', 'docker.io/vhiveease/helloworld:var_workload'],
  ['docker.io/nginx', 'docker.io/library/nginx:latest'],
  ['index.docker.io/library/nginx:1', 'docker.io/library/nginx:1'],
  ['localhost/tool', 'localhost/tool:latest'],
  ['10.77.0.11:5000/vhive/tool:2', '10.77.0.11:5000/vhive/tool:2'],
  ['registry.k8s.io/coredns/coredns:v1.13.1', 'registry.k8s.io/coredns/coredns:v1.13.1'],
  [`gcr.io/a/b@sha256:${hex}`, `gcr.io/a/b@sha256:${hex}`],
  [`gcr.io/a/b:v1@sha256:${hex}`, `gcr.io/a/b@sha256:${hex}`],
  ['quay.io/a/b__c--d.e_f:1', 'quay.io/a/b__c--d.e_f:1'],
])('%s is %s', (text, full) => expect(fullImageReference(text)).toBe(full));

it.each([
  ['nothing', ''],
  ['capitals', 'Nginx'],
  ['a URL', 'https://gcr.io/a/b:1'],
  ['an empty tag', 'nginx:'],
  ['an empty path', 'gcr.io/'],
  ['a path out of the tree', 'gcr.io/../../etc:1'],
  ['a dot as a part', 'gcr.io/./a'],
  ['two slashes', 'gcr.io//a'],
  ['a short digest', 'gcr.io/a@sha256:abc'],
  ['a blank', 'gcr.io/a b'],
  ['an option', '--help'],
  ['a port without a host', ':5000/a'],
  ['a tag too long', `a:${'x'.repeat(129)}`],
  ['a line end', 'nginx:1\n'],
])('refuses %s', (_, text) => {
  expect(readImageReference(text)).toBeUndefined();
  expect(() => parseImageReference(text)).toThrow(expect.objectContaining({ code: 'usage' }));
});

const part = fc.stringMatching(/^[a-z0-9]{1,8}([._-][a-z0-9]{1,4})?$/);
const reference = fc
  .record({
    registry: fc.constantFrom('docker.io', 'gcr.io', 'localhost', 'localhost:5000', '10.0.0.1:5000', 'Reg.example'),
    path: fc.array(part, { minLength: 2, maxLength: 4 }),
    version: fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/).map((tag) => ({ tag })),
      fc.stringMatching(/^[0-9a-f]{64}$/).map((digits) => ({ digest: `sha256:${digits}` })),
    ),
  })
  .map(({ registry, path, version }) => ({ registry, repository: path.join('/'), ...version }));

describe('any reference', () => {
  it('is read back from its full form as it was', () => {
    fc.assert(
      fc.property(reference, (ref) => {
        expect(parseImageReference(formatImageReference(ref))).toEqual(ref);
      }),
    );
  });

  it('has a name for archives that is a reference too, and a plain path of its own in a mirror', () => {
    fc.assert(
      fc.property(reference, reference, fc.constantFrom('amd64', 'arm64'), (one, other, arch) => {
        const [ref, another] = [formatImageReference(one), formatImageReference(other)];
        expect(readImageReference(archivedImageName(ref))?.tag).toBeDefined();
        const path = imageArchivePath(ref, arch);
        expect(path.split('/')).not.toContain('..');
        expect(path).toMatch(/^[^/].*\.tar$/);
        if (ref !== another) expect(imageArchivePath(another, arch)).not.toBe(path);
      }),
    );
  });

  it('is never anything that a program takes for an option', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readImageReference(`-${text}`)).toBeUndefined();
      }),
    );
  });
});

it('lays archives out by tag, by digest and by architecture', () => {
  expect(imageArchivePath('registry.k8s.io/pause:3.10', 'amd64')).toBe('registry.k8s.io/pause/3.10.tar');
  expect(imageArchivePath('registry.k8s.io/pause:3.10', 'arm64')).toBe('registry.k8s.io/pause/3.10.arm64.tar');
  expect(imageArchivePath(`gcr.io/a/b@sha256:${hex}`, 'amd64')).toBe(`gcr.io/a/b/sha256-${hex}.tar`);
});
