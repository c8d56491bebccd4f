import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesBelow, type MirrorStamp, mirrorInputs, readValidStamp, writeStamp } from './stamp.ts';
import { mirrorVersions } from './versions.ts';

const debianPackages = { 'docker-registry': '2.8.2+ds1-1', iptables: '1.8.9-2' };
let directory: string;
let tree: string;
let file: string;
let stamp: MirrorStamp;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-stamp-'));
  [tree, file] = [join(directory, 'mirror'), join(directory, 'mirror.json')];
  await mkdir(join(tree, 'dl.k8s.io/bin'), { recursive: true });
  await writeFile(join(tree, 'dl.k8s.io/bin/kubeadm'), 'kubeadm');
  await writeFile(join(tree, 'dl.k8s.io/bin/kubeadm.sha256'), 'digest');
  const inputs = mirrorInputs(debianPackages);
  const versions = mirrorVersions(debianPackages);
  stamp = {
    ...{ source: 'compile', inputs, debianPackages, versions, architecture: 'amd64', stack: 'serving' },
    ...{ images: ['registry.k8s.io/pause:3.10.1'], files: await filesBelow(tree) },
  };
  await writeStamp(file, stamp);
});
afterEach(() => rm(directory, { recursive: true }));

test('a complete tree is recognised', async () => {
  expect(stamp.files).toEqual({ 'dl.k8s.io/bin/kubeadm': 7, 'dl.k8s.io/bin/kubeadm.sha256': 6 });
  expect(await readValidStamp(file, tree, { stack: 'serving' })).toEqual(stamp);
});

test('a missing or shortened file makes the tree invalid', async () => {
  await writeFile(join(tree, 'dl.k8s.io/bin/kubeadm'), 'kube');
  expect(await readValidStamp(file, tree, { stack: 'serving' })).toBeUndefined();
  await rm(join(tree, 'dl.k8s.io/bin/kubeadm'));
  expect(await readValidStamp(file, tree, { stack: 'serving' })).toBeUndefined();
});

test('a stamp of another recipe or of other packages is not valid', async () => {
  await writeStamp(file, { ...stamp, inputs: 'of another recipe' });
  expect(await readValidStamp(file, tree, { stack: 'serving' })).toBeUndefined();
  await writeStamp(file, { ...stamp, debianPackages: { ...debianPackages, iptables: '1.8.9-3' } });
  expect(await readValidStamp(file, tree, { stack: 'serving' })).toBeUndefined();
});

test('a tree for more than is asked is enough, one for less is not', async () => {
  expect(await readValidStamp(file, tree, { stack: 'kubernetes-only' })).toEqual(stamp);
  expect(await readValidStamp(file, tree, { stack: 'full' })).toBeUndefined();
});

test.each(['', 'null', '{"inputs": "x"}', '{"inputs": '])('no stamp: %j', async (text) => {
  await writeFile(file, text);
  expect(await readValidStamp(file, tree, { stack: 'serving' })).toBeUndefined();
});

test('the inputs do not depend on the order of packages', () => {
  const reversed = Object.fromEntries(Object.entries(debianPackages).toReversed());
  expect(mirrorInputs(reversed)).toBe(mirrorInputs(debianPackages));
});
