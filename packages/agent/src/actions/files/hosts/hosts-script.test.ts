import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withHostsEntry } from './hosts-file.ts';
import { hostsScript } from './hosts-script.ts';

/** Makes a folder with the script and the two files. */
async function folder(wanted: string, hosts?: string) {
  const root = await mkdtemp(join(tmpdir(), 'vhive-hosts-'));
  const path = (name: string) => join(root, name);
  await writeFile(path('script'), hostsScript.content);
  await writeFile(path('wanted'), wanted, 'latin1');
  if (hosts !== undefined) await writeFile(path('hosts'), hosts, 'latin1');
  return {
    path,
    run: () => execa('sh', [path('script'), path('wanted'), path('hosts')]),
    read: () => readFile(path('hosts'), 'latin1'),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

const entry = '10.96.0.5 registry.local # managed by vhive-agent\n';

test('a missing line comes back; mode and bytes of the rest stay, and nothing is left beside it', async () => {
  const debian = '127.0.0.1\tlocalhost # caf\xe9\n\n::1 localhost ip6-localhost\n';
  await using place = await folder(`# Said by vHive\n${entry}`, debian);
  await chmod(place.path('hosts'), 0o664);
  await place.run();
  expect(await place.read()).toBe(`${debian}${entry}`);
  expect((await stat(place.path('hosts'))).mode & 0o777).toBe(0o664);
  await writeFile(place.path('hosts'), '127.0.0.1 anew\n');
  await place.run();
  expect(await place.read()).toBe(`127.0.0.1 anew\n${entry}`);
  expect(await readdir(place.path('.'))).toEqual(['hosts', 'script', 'wanted']);
});

test('while nothing is missing, nothing in the folder is touched: the watch comes to rest', async () => {
  await using place = await folder(entry, `${entry}127.0.0.1 localhost\n`);
  const times = async () =>
    await Promise.all(['.', 'hosts'].map(async (name) => (await stat(place.path(name), { bigint: true })).ctimeNs));
  const before = await times();
  await place.run();
  expect(await times()).toEqual(before);
});

test('without the file there is one; without entries nothing happens', async () => {
  await using place = await folder(entry);
  await place.run();
  expect(await place.read()).toBe(entry);
  expect((await stat(place.path('hosts'))).mode & 0o777).toBe(0o644);
  await rm(place.path('wanted'));
  await rm(place.path('hosts'));
  await place.run();
  expect((await readdir(place.path('.'))).toSorted()).toEqual(['script']);
});

test('behind a symbolic link the file itself is written', async () => {
  await using place = await folder(entry);
  await writeFile(place.path('real'), '127.0.0.1 localhost\n');
  await symlink('real', place.path('hosts'));
  await place.run();
  expect(await readFile(place.path('real'), 'utf8')).toBe(`127.0.0.1 localhost\n${entry}`);
  expect(await readdir(place.path('.'))).toContain('hosts');
});

const mounts = await execa('unshare', ['-m', 'true'], { reject: false });

describe.skipIf(mounts.failed)(
  `in a mount namespace${mounts.failed ? ' (skipped: none to be had here, which takes root)' : ''}`,
  () => {
    test('a file that is mounted is written in place', async () => {
      await using place = await folder(entry, '127.0.0.1 under the mount\n');
      await writeFile(place.path('mounted'), '127.0.0.1 localhost\n');
      const [script, wanted, hosts, mounted] = ['script', 'wanted', 'hosts', 'mounted'].map(place.path);
      await execa('unshare', [
        ...['-m', 'sh', '-ec', 'mount --bind "$4" "$3"; sh "$1" "$2" "$3"', 'sh'],
        ...[script, wanted, hosts, mounted].map(String),
      ]);
      expect(await readFile(place.path('mounted'), 'utf8')).toBe(`127.0.0.1 localhost\n${entry}`);
      expect(await place.read()).toBe('127.0.0.1 under the mount\n');
      expect((await readdir(place.path('.'))).toSorted()).toEqual(['hosts', 'mounted', 'script', 'wanted']);
    });
  },
);

const name = fc.constantFrom('a', 'b', 'registry.local', 'localhost', 'c.d');
const blank = fc.constantFrom(' ', '\t', '  ', '\v', '\f ', '\r');
const line = fc.oneof(
  fc.constantFrom(
    '',
    '# a',
    '  # b managed by vhive-agent',
    '\xa0 a',
    '10.0.0.1 A B',
    '10.0.0.1\xa0a',
    '\r',
    '1 caf\xe9 a#b',
  ),
  fc.string().map((text) => text.replaceAll('\n', ' ')),
  fc
    .tuple(fc.ipV4(), blank, fc.array(name, { maxLength: 3 }))
    .map(([at, by, names]) => `${at}${by}${names.join(by)} # x`),
  fc
    .tuple(fc.ipV4(), fc.array(name, { minLength: 1, maxLength: 2 }), fc.constantFrom('', ' ', '\r'))
    .map(([at, names, end]) => `${at} ${names.join(' ')} # managed by vhive-agent${end}`),
);
const file = fc.tuple(fc.array(line), fc.boolean()).map(([lines, end]) => lines.join('\n') + (end ? '\n' : ''));
const entries = fc.array(fc.tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 2 }), fc.ipV4()), {
  minLength: 1,
  maxLength: 3,
});

test('the script places lines as the action does, whatever the file', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(file, entries, async (text, all) => {
      const wanted = all.reduce((list, [names, address]) => withHostsEntry(list, names, address), '');
      await using place = await folder(wanted, text);
      await place.run();
      let expected = text;
      for (const [, address = '', names = ''] of wanted.matchAll(/^(\S+) ([^#\n]+) #/gm))
        expected = withHostsEntry(expected, names.split(' '), address);
      expect(await place.read()).toBe(expected);
    }),
    { numRuns: 50 },
  );
});
