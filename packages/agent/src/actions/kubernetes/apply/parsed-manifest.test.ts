import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { type TestContext, testContext } from '../../kit/context.fixture.ts';
import { MANIFEST_OBJECTS, parsedManifest } from './parsed-manifest.ts';

const sha256 = 'a'.repeat(64);
const manifest = (text: string) => ({ sha256, name: 'm.yaml', read: vi.fn(async () => text) });
/** Puts code where the module is on the host. */
const release = ({ host }: TestContext, code: string) =>
  host.writeFile(join(import.meta.dirname, 'parsed-manifest.ts'), code, { mode: '0644' });
const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nmode: 0644\n`;

test('a manifest is read and parsed once, and only root may read what is kept', async () => {
  await using context = await testContext();
  await release(context, 'code');
  const first = manifest(pod('a'));
  const objects = await parsedManifest(first, context.host);
  const again = manifest(pod('other'));
  expect(await parsedManifest(again, context.host)).toEqual(objects);
  expect(objects).toMatchObject([{ kind: 'Pod', metadata: { name: 'a' }, mode: 0o644 }]);
  expect([first.read, again.read].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
  expect(await context.host.stat(MANIFEST_OBJECTS)).toMatchObject({ mode: '0700' });
  expect(await context.host.stat(`${MANIFEST_OBJECTS}/${sha256}.json`)).toMatchObject({ mode: '0600' });
});

test.each([
  ['empty', () => ''],
  ['cut off', (text: string) => text.slice(0, -1)],
  ['changed', (text: string) => text.replace('"a"', '"b"')],
])('what is kept is not used when it is %s', async (_, damage) => {
  await using context = await testContext();
  await release(context, 'code');
  await parsedManifest(manifest(pod('a')), context.host);
  const path = `${MANIFEST_OBJECTS}/${sha256}.json`;
  const text = (await context.host.readFile(path))?.toString() ?? '';
  expect(text).toContain('"a"');
  await writeFile(join(context.root, path), damage(text));
  const again = manifest(pod('again'));
  expect(await parsedManifest(again, context.host)).toMatchObject([{ metadata: { name: 'again' } }]);
});

test('what other code has parsed is parsed again, and without knowing the code nothing is kept', async () => {
  await using context = await testContext();
  for (const [code, name] of [
    ['code', 'one'],
    ['other code', 'two'],
  ] as const) {
    await release(context, code);
    expect(await parsedManifest(manifest(pod(name)), context.host)).toMatchObject([{ metadata: { name } }]);
  }
  await using simulated = await testContext();
  for (const name of ['one', 'two'])
    expect(await parsedManifest(manifest(pod(name)), simulated.host)).toMatchObject([{ metadata: { name } }]);
  expect(await simulated.host.stat(MANIFEST_OBJECTS)).toBeUndefined();
});
