import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { spaceFindings } from './space-findings.ts';

const GIB = 2 ** 30;
const root = { totalBytes: 100 * GIB, freeBytes: 5 * GIB };
const places = [
  { path: '/var/lib/containerd', minFreeBytes: 10 * GIB },
  { path: '/var/lib/kubelet', minFreeBytes: GIB },
];

async function found(spaces: Record<string, { totalBytes: number; freeBytes: number }>, joined = false) {
  await using context = await testContext({ host: () => ({ space: async (path) => spaces[path] ?? root }) });
  return (await spaceFindings(context.host, places, { root }, joined)).map(({ level, message }) => [level, message]);
}

test('a small file system of its own is refused, by its directory; what is on the root one is not said twice', async () => {
  expect(await found({ '/var/lib/containerd': { totalBytes: 8 * GIB, freeBytes: 7 * GIB } })).toEqual([
    ['error', '7.0 GiB free on the file system of /var/lib/containerd (of 8.0 GiB), at least 10.0 GiB are needed'],
  ]);
  expect(await found({ '/var/lib/containerd': { ...root, freeBytes: root.freeBytes + 1 } })).toEqual([]);
});

test('on a node of a running cluster it is a warning', async () => {
  expect(await found({ '/var/lib/kubelet': { totalBytes: GIB, freeBytes: 0 } }, true)).toMatchObject(
    [['warning', /kubelet/]].map(([level]) => [level, expect.stringContaining('kubelet')]),
  );
});

test('enough room on a file system of its own is enough', async () => {
  expect(await found({ '/var/lib/containerd': { totalBytes: 200 * GIB, freeBytes: 150 * GIB } })).toEqual([]);
});
