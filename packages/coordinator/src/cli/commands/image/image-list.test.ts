import { fullImageReference } from '@vhive/shared';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseImageList, wantedImages } from './image-list.ts';

it('a list has an image a line, and comments', () => {
  const text = '\uFEFF# what we measure\r\nnginx:1.27\r\n\n  ghcr.io/ease-lab/pyaes:var_workload  # AES\n';
  expect(parseImageList(text, 'f')).toEqual(['docker.io/library/nginx:1.27', 'ghcr.io/ease-lab/pyaes:var_workload']);
});

it.each([
  ['nginx\n\nnot an image\n', 'f:3: "not an image" is not a reference of a container image'],
  ['nginx\nUPPER:1', 'f:2: "UPPER:1" is not a reference of a container image'],
  ['nginx#1', 'f:1: "nginx#1" is not a reference of a container image'],
  ['# nothing\n\n', 'f: there is no image in it'],
])('a list that is wrong is refused with its line: %j', (text, message) => {
  expect(() => parseImageList(text, 'f')).toThrow(expect.objectContaining({ code: 'usage', message }));
});

it('whatever stands around them, images are read as they are', () => {
  const image = fc.constantFrom('a', 'ghcr.io/a/b:1', '10.0.0.1:5000/a', `quay.io/a@sha256:${'a'.repeat(64)}`);
  const around = fc.constantFrom('', '  ', '\t', '# comment', '  # ghcr.io/x/y', '\r');
  fc.assert(
    fc.property(fc.array(fc.tuple(image, fc.array(around)), { minLength: 1 }), (lines) => {
      const text = lines.map(([ref, others]) => [` ${ref} # that`, ...others].join('\n')).join('\n');
      expect(parseImageList(text, 'f')).toEqual(lines.map(([ref]) => fullImageReference(ref)));
    }),
  );
});

it('images that are named and those of a list are taken once each; without any there is nothing to do', async () => {
  expect(await wantedImages(['nginx', 'docker.io/nginx:latest'], undefined)).toEqual([
    'docker.io/library/nginx:latest',
  ]);
  await expect(wantedImages([], undefined)).rejects.toMatchObject({ code: 'usage' });
  await expect(wantedImages(['nginx'], '/nowhere/list.txt')).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('--from /nowhere/list.txt: cannot be read: ENOENT'),
  });
});
