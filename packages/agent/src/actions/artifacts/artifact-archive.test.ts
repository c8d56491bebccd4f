import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentActions } from '@vhive/shared';
import { create, Header } from 'tar';
import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { artifactArchive } from './artifact-archive.ts';

/** Makes a real archive of `bin/tool`, `bin/other` and a link, and returns it with its digest. */
async function archive(content: string) {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-archive-'));
  await mkdir(join(directory, 'top/bin'), { recursive: true });
  await writeFile(join(directory, 'top/bin/tool'), content, { mode: 0o755 });
  await writeFile(join(directory, 'top/bin/other'), 'other');
  await symlink('tool', join(directory, 'top/bin/alias'));
  const file = join(directory, 'a.tar.gz');
  await create({ file, cwd: directory, gzip: true }, ['top']);
  return reference(file);
}

async function reference(file: string) {
  const bytes = await readFile(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file, artifact: { name: 'tool 1', sha256, bytes: bytes.length } };
}

const params = (input: object) =>
  agentActions['artifact.archive'].params.parse({ directory: '/usr/local', strip: 1, ...input });

async function contextFor(...archives: Awaited<ReturnType<typeof reference>>[]) {
  const context = await testContext({
    download: async ({ sha256 }, path) => {
      const found = archives.find(({ artifact }) => artifact.sha256 === sha256);
      if (!found) throw new Error('unknown artifact');
      await copyFile(found.file, context.host.localPath(path));
    },
  });
  return context;
}

test('unpacks, links, and is done', async () => {
  const one = await archive('v1');
  await using context = await contextFor(one);
  const wanted = params({ artifact: one.artifact, links: { '/usr/bin/tool': '/usr/local/bin/tool' } });
  expect(await artifactArchive.check(wanted, context)).toMatchObject({ converged: false });
  await artifactArchive.apply(wanted, context);
  expect(await artifactArchive.check(wanted, context)).toEqual({ converged: true, outputs: {} });
  const { host } = context;
  expect((await stat(host.localPath('/usr/local/bin/tool'))).mode & 0o777).toBe(0o755);
  expect(await host.readLink('/usr/local/bin/alias')).toBe('tool');
  expect(await host.readLink('/usr/bin/tool')).toBe('/usr/local/bin/tool');
  expect(await host.list('/usr/local')).toEqual(['bin']);
});

test('a lost or changed file is put back', async () => {
  const one = await archive('v1');
  await using context = await contextFor(one);
  const wanted = params({ artifact: one.artifact });
  await artifactArchive.apply(wanted, context);
  await context.host.remove('/usr/local/bin/other');
  expect(await artifactArchive.check(wanted, context)).toMatchObject({
    changes: [expect.stringContaining('bin/other is gone')],
  });
  await artifactArchive.apply(wanted, context);
  await context.host.writeFile('/usr/local/bin/tool', 'someone else', { mode: '0755' });
  expect(await artifactArchive.check(wanted, context)).toMatchObject({
    changes: [expect.stringContaining('bin/tool was changed')],
  });
});

test('another version of the same size voids the receipt of the first', async () => {
  const [one, two] = [await archive('v1'), await archive('v2')];
  await using context = await contextFor(one, two);
  await artifactArchive.apply(params({ artifact: one.artifact }), context);
  await artifactArchive.apply(params({ artifact: two.artifact }), context);
  expect((await context.host.readFile('/usr/local/bin/tool'))?.toString()).toBe('v2');
  expect(await artifactArchive.check(params({ artifact: one.artifact }), context)).toMatchObject({ converged: false });
});

test('only what is wanted', async () => {
  const one = await archive('v1');
  await using context = await contextFor(one);
  await artifactArchive.apply(params({ artifact: one.artifact, only: ['top/bin/tool'] }), context);
  expect(await context.host.list('/usr/local/bin')).toEqual(['tool']);
  await expect(artifactArchive.apply(params({ artifact: one.artifact, only: ['none'] }), context)).rejects.toThrow(
    'tool 1 has none of the wanted files',
  );
});

test('what a killed agent left in the way is cleaned up', async () => {
  const one = await archive('v1');
  await using context = await contextFor(one);
  const staging = `/usr/local/.vhive-${one.artifact.sha256.slice(0, 16)}`;
  await context.host.writeFile(`${staging}/tree/half`, 'half', { mode: '0644' });
  await context.host.writeFile(`${staging}/archive`, 'half', { mode: '0644' });
  await artifactArchive.apply(params({ artifact: one.artifact }), context);
  expect(await context.host.list('/usr/local')).toEqual(['bin']);
});

test('a path that leaves the directory is refused, and nothing is written', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-evil-'));
  const header = new Header({ path: '../evil', mode: 0o644, size: 0, type: 'File', mtime: new Date(0) });
  const block = Buffer.alloc(512);
  header.encode(block, 0);
  const file = join(directory, 'evil.tar');
  await writeFile(file, Buffer.concat([block, Buffer.alloc(1024)]));
  const evil = await reference(file);
  await using context = await contextFor(evil);
  await expect(artifactArchive.apply(params({ artifact: evil.artifact, strip: 0 }), context)).rejects.toThrow(
    'unsafe path',
  );
  expect((await context.host.list('/usr/local')).filter((name) => !name.startsWith('.vhive-'))).toEqual([]);
});

test('a broken archive is an error', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-broken-'));
  const file = join(directory, 'a.tar.gz');
  await writeFile(file, 'this is no archive, but it is long enough to be looked at'.repeat(20));
  const broken = await reference(file);
  await using context = await contextFor(broken);
  await expect(artifactArchive.apply(params({ artifact: broken.artifact }), context)).rejects.toThrow();
  expect(await artifactArchive.check(params({ artifact: broken.artifact }), context)).toMatchObject({
    converged: false,
  });
});

test('a check names the files of others that would be replaced', async () => {
  const one = await archive('v1');
  await using context = await contextFor(one);
  for (const name of ['tool', 'other'])
    await context.host.writeFile(`/usr/local/bin/${name}`, 'theirs', { mode: '0755' });
  const all = params({ artifact: one.artifact, holds: ['bin/tool', 'bin/none'] });
  expect(await artifactArchive.check(all, context)).toEqual({
    converged: false,
    changes: ['/usr/local: tool 1 is unpacked', '/usr/local/bin/tool: is replaced'],
  });
  const some = params({ artifact: one.artifact, only: ['top/bin/other'] });
  expect(await artifactArchive.check(some, context)).toMatchObject({
    changes: [expect.anything(), '/usr/local/bin/other: is replaced'],
  });
});
