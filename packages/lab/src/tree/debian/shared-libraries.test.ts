import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineArchitecture } from '../architecture.ts';
import { parseLoaderListing, sharedLibraries } from './shared-libraries.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-libraries-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('what the loader lists is read: found, missing, loader, vdso', () => {
  const listing = [
    '\tlinux-vdso.so.1 (0x00007f131bbd7000)',
    '\tlibmnl.so.0 => /root/usr/lib/libmnl.so.0 (0x00007f131bb12000)',
    '\tlibgone.so.1 => not found',
    '\t/lib64/ld-linux-x86-64.so.2 => /root/lib/ld.so (0x00007f131bbd9000)',
  ].join('\n');
  expect(parseLoaderListing(listing)).toEqual([
    { name: 'libmnl.so.0', path: '/root/usr/lib/libmnl.so.0' },
    { name: 'libgone.so.1', path: undefined },
    { name: '/lib64/ld-linux-x86-64.so.2', path: '/root/lib/ld.so' },
  ]);
});

describe('on this machine’s own root file system', () => {
  test('a program’s libraries and loader are found, each a real file', async () => {
    const architecture = await machineArchitecture();
    const libraries = await sharedLibraries('/bin/tar', '/', architecture);
    const targets = libraries.map((library) => library.target);
    expect(targets).toContain(architecture.interpreter);
    // tar needs libselinux, which needs libpcre2. So this shows that the needs of needs are found as well.
    for (const name of ['libc.so.6', 'libselinux.so.1', 'libpcre2-8.so.0']) {
      expect(targets.filter((target) => target.endsWith(`/${name}`))).toHaveLength(1);
    }
    for (const { source } of libraries) expect((await stat(source)).isFile()).toBe(true);
  });

  test('what is not a dynamic program needs none', async () => {
    const script = join(directory, 'script');
    await writeFile(script, '#!/bin/sh\nexit 0\n');
    expect(await sharedLibraries(script, '/', await machineArchitecture())).toEqual([]);
    const empty = join(directory, 'empty');
    await writeFile(empty, '');
    expect(await sharedLibraries(empty, '/', await machineArchitecture())).toEqual([]);
  });
});
