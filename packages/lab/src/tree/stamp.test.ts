import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesBelow, type MirrorStamp, mirrorInputs, readValidStamp, writeStamp } from './stamp.ts';

const debianPackages = { runc: '1.1.5+ds1-1+deb12u1', kubernetes: '1.20.5+really1.20.2-1.1+deb12u1' };
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
  const versions = {
    ...{ kubernetes: '1.20.2', containerd: '1.6.20', runc: '1.1.5', cniPlugins: '1.1.1', crictl: '1.20.0' },
    ...{ pause: '3.2', etcd: '3.4.13-0', coredns: '1.7.0', gvisor: '20221219', registry: '2.8.2', standIn: 'abc' },
  };
  const inputs = mirrorInputs(debianPackages);
  const files = await filesBelow(tree);
  stamp = { inputs, debianPackages, architecture: 'amd64', versions, images: ['k8s.gcr.io/pause:3.2'], files };
  await writeStamp(file, stamp);
});
afterEach(() => rm(directory, { recursive: true }));

test('a complete tree is recognised', async () => {
  expect(stamp.files).toEqual({ 'dl.k8s.io/bin/kubeadm': 7, 'dl.k8s.io/bin/kubeadm.sha256': 6 });
  expect(await readValidStamp(file, tree)).toEqual(stamp);
});

test('a missing or shortened file makes the tree invalid', async () => {
  await writeFile(join(tree, 'dl.k8s.io/bin/kubeadm'), 'kube');
  expect(await readValidStamp(file, tree)).toBeUndefined();
  await rm(join(tree, 'dl.k8s.io/bin/kubeadm'));
  expect(await readValidStamp(file, tree)).toBeUndefined();
});

test('a stamp of another recipe or of other packages is not valid', async () => {
  await writeStamp(file, { ...stamp, inputs: 'of another recipe' });
  expect(await readValidStamp(file, tree)).toBeUndefined();
  await writeStamp(file, { ...stamp, debianPackages: { ...debianPackages, runc: '1.1.6-1' } });
  expect(await readValidStamp(file, tree)).toBeUndefined();
});

test.each(['', 'null', '{"inputs": "x"}', '{"inputs": '])('no stamp: %j', async (text) => {
  await writeFile(file, text);
  expect(await readValidStamp(file, tree)).toBeUndefined();
});

test('the inputs do not depend on the order of packages', () => {
  const reversed = Object.fromEntries(Object.entries(debianPackages).toReversed());
  expect(mirrorInputs(reversed)).toBe(mirrorInputs(debianPackages));
});
