import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileDigest } from '@vhive/base/files/hash-file';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ImageContent, imageArchivePath, writeImageArchive } from './image-archive.ts';

let directory: string;
let image: ImageContent;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-image-'));
  await writeFile(join(directory, 'program'), '#!/bin/sh\n');
  await chmod(join(directory, 'program'), 0o755);
  await writeFile(join(directory, 'data'), 'tcp 6 TCP\n', { mode: 0o600 });
  image = {
    reference: 'registry.example/group/tool:v1.2',
    architecture: 'amd64',
    config: { Env: ['PATH=/bin'], Entrypoint: ['/bin/program'] },
    files: [
      { source: join(directory, 'program'), target: 'bin/program' },
      { source: join(directory, 'data'), target: 'etc/data' },
    ],
    directories: ['var/lib/tool'],
    links: { 'bin/sh': 'program' },
  };
});

afterEach(() => rm(directory, { recursive: true }));

async function writeTo(name: string): Promise<string> {
  const file = join(directory, name, imageArchivePath(image.reference));
  await writeImageArchive(file, image, join(directory, 'work'));
  return file;
}

async function unpacked(file: string, name: string): Promise<string> {
  const target = join(directory, name);
  await mkdir(target);
  await execa('tar', ['-xf', file, '-C', target]);
  return target;
}

test('the archive stands where the mirror has it, with nothing left beside it', async () => {
  const file = await writeTo('out');
  expect(file).toBe(join(directory, 'out/registry.example/group/tool/v1.2.tar'));
  expect(await readdir(join(directory, 'out/registry.example/group/tool'))).toEqual(['v1.2.tar']);
  expect(await readdir(directory)).not.toContain('work');
});

test('manifest, configuration and layer agree with each other', async () => {
  const archive = await unpacked(await writeTo('out'), 'archive');
  const [manifest] = JSON.parse(await readFile(join(archive, 'manifest.json'), 'utf8'));
  expect(manifest.RepoTags).toEqual(['registry.example/group/tool:v1.2']);
  expect(manifest.Layers).toEqual(['layer.tar']);
  const configuration = await readFile(join(archive, manifest.Config));
  expect(manifest.Config).toBe(`${createHash('sha256').update(configuration).digest('hex')}.json`);
  expect(JSON.parse(configuration.toString())).toMatchObject({
    architecture: 'amd64',
    os: 'linux',
    config: { Entrypoint: ['/bin/program'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${await fileDigest(join(archive, 'layer.tar'))}`] },
  });
});

test('the layer holds files, folders and links owned by root, with plain modes', async () => {
  const archive = await unpacked(await writeTo('out'), 'archive');
  const { stdout } = await execa('tar', ['--numeric-owner', '-tvf', join(archive, 'layer.tar')]);
  const entries = stdout.split('\n').map((line) => {
    const [mode, owner, , , , ...name] = line.split(/\s+/);
    return `${mode} ${owner} ${name.join(' ')}`;
  });
  expect(entries).toEqual([
    'drwxr-xr-x 0/0 bin/',
    '-rwxr-xr-x 0/0 bin/program',
    'lrwxrwxrwx 0/0 bin/sh -> program',
    'drwxr-xr-x 0/0 etc/',
    '-rw-r--r-- 0/0 etc/data',
    'drwxrwxrwt 0/0 tmp/',
    'drwxr-xr-x 0/0 var/',
    'drwxr-xr-x 0/0 var/lib/',
    'drwxr-xr-x 0/0 var/lib/tool/',
  ]);
});

test('the same content gives the same bytes, other content others', async () => {
  const first = await fileDigest(await writeTo('one'));
  await chmod(join(directory, 'data'), 0o640);
  expect(await fileDigest(await writeTo('two'))).toBe(first);
  await writeFile(join(directory, 'data'), 'udp 17 UDP\n');
  expect(await fileDigest(await writeTo('three'))).not.toBe(first);
});
