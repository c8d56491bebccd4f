import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { addToImageIndex } from '@vhive/base/image-index';
import { coordinatorActions, type ParamsIn } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactFetchAction } from '../actions/artifact-action.ts';
import type { ArtifactSources } from './artifact-fetch.ts';
import { checkImage } from './images/image-fetch.ts';
import { LockFile } from './lock-file.ts';
import { mirrorPath, parseMirror } from './sources/mirror-tree.ts';
import { ArtifactStore } from './store.ts';

const URL_OF_TOOL = 'https://publisher.example/v1/tool';
const URL_OF_SUMS = 'https://publisher.example/v1/SUMS';
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

let directory: string;
let sources: ArtifactSources;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-changed-'));
  sources = await open();
});
afterEach(() => rm(directory, { recursive: true }));

/** Opens the artifacts as a fresh process would. */
async function open(): Promise<ArtifactSources> {
  return {
    store: await ArtifactStore.open(join(directory, 'store')),
    lockFile: new LockFile(join(directory, 'vhive.lock')),
    mirror: parseMirror(join(directory, 'mirror')),
  };
}

async function lay(url: string, text: string): Promise<string> {
  const path = join(directory, 'mirror', mirrorPath(url));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const context = { signal: AbortSignal.timeout(20_000), log: () => undefined, progress: () => undefined };
const params = (checksum: ParamsIn<'artifact.fetch'>['checksum'] = { type: 'none' }) =>
  coordinatorActions['artifact.fetch'].params.parse({
    ...{ name: 'tool', version: '1.0', arch: 'amd64', url: URL_OF_TOOL, checksum },
  });
const fetched = async (mode: 'apply' | 'check' = 'apply', checksum?: ParamsIn<'artifact.fetch'>['checksum']) =>
  await artifactFetchAction(sources)(params(checksum), { ...context, mode });

describe('a file that changed in the mirror under its old version', () => {
  it.each(['apply', 'check'] as const)('is told with both digests, while the locked one is used (%s)', async (mode) => {
    await lay(URL_OF_TOOL, 'old');
    await fetched();
    expect(await fetched(mode)).toEqual({ status: 'unchanged', outputs: { artifact: expect.anything() } });
    const path = await lay(URL_OF_TOOL, 'new');
    const { status, outputs } = await fetched(mode);
    expect(status).toBe('unchanged');
    expect(outputs?.artifact?.sha256).toBe(digest('old'));
    expect(outputs?.findings).toEqual([
      {
        check: 'mirror',
        level: 'warning',
        message: `tool 1.0 (${path}) changed in the mirror under its old version: locked is sha256 ${digest('old')}, now it is sha256 ${digest('new')}, for which its publisher has no checksum; the locked one is used`,
        hint: expect.stringContaining(`remove its block from ${sources.lockFile.path}`),
      },
    ]);
    // What the hint says is the way to the new one.
    await sources.lockFile.forget(URL_OF_TOOL);
    expect((await fetched()).outputs).toMatchObject({ artifact: { sha256: digest('new') } });
  });

  it.each([
    ['new', /and its publisher’s checksum changed with it/],
    ['old', /which is not what its publisher says either/],
  ])('is told with what its publisher says: the checksum of the %s one', async (said, expected) => {
    const checksum = { type: 'file', url: URL_OF_SUMS, algorithm: 'sha256' } as const;
    await lay(URL_OF_TOOL, 'old');
    await lay(URL_OF_SUMS, `${digest('old')}  tool\n`);
    await fetched('apply', checksum);
    await lay(URL_OF_TOOL, 'new');
    await lay(URL_OF_SUMS, `${digest(said)}  tool\n`);
    expect((await fetched('apply', checksum)).outputs?.findings?.[0]?.message).toMatch(expected);
  });

  it('is no news when the file was only written anew, or is gone', async () => {
    const path = await lay(URL_OF_TOOL, 'old');
    await fetched();
    await utimes(path, 1, 1);
    expect((await fetched()).outputs).not.toHaveProperty('findings');
    await rm(path);
    expect((await fetched()).outputs).not.toHaveProperty('findings');
  });

  it('is read once, whatever process looks', async () => {
    const path = await lay(URL_OF_TOOL, 'old');
    await fetched();
    sources = await open();
    // A digest that nobody could have read from this file shows that it was not read again.
    await sources.store.seen.remember(path, 'f'.repeat(64));
    sources = await open();
    expect((await fetched()).outputs?.findings?.[0]?.message).toContain('f'.repeat(64));
  });
});

describe('an image that changed in the mirror under its tag', () => {
  const ref = 'registry.example/a/b:1';
  const [one, other] = ['1'.repeat(64), '2'.repeat(64)];

  it.each([
    ['another archive of an image without a digest', null, null, 1],
    ['another archive of the same image', `sha256:${one}`, `sha256:${one}`, 0],
    ['another image', `sha256:${one}`, `sha256:${other}`, 1],
  ])('is told by the index: %s', async (_what, before, after, count) => {
    const path = join(directory, 'old');
    await writeFile(path, 'old');
    await sources.store.add(path, digest('old'));
    await sources.lockFile.recordImage({ ref, arch: 'amd64', digest: before, sha256: digest('old'), bytes: 3 });
    await mkdir(join(directory, 'mirror'), { recursive: true });
    await addToImageIndex(join(directory, 'mirror'), {
      ...{ ref, arch: 'amd64', path: 'images/b.tar', digest: after, sha256: digest('new'), bytes: 3 },
    });
    const given = coordinatorActions['image.fetch'].params.parse({ ref, arch: 'amd64' });
    const { findings = [] } = (await checkImage(given, sources, context.signal)) as { findings?: unknown[] };
    expect(findings).toHaveLength(count);
  });
});
