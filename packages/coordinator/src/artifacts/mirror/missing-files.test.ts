import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FileServer } from '@vhive/base/http/file-server.fixture';
import { actions, output, type ParamsIn, type Plan, type Step } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { artifactFetchAction } from '../../actions/artifact-action.ts';
import { LockFile } from '../lock-file.ts';
import { mirrorPath, parseMirror } from '../sources/mirror-tree.ts';
import { ArtifactStore } from '../store.ts';
import { refuseMissingFiles } from './missing-files.ts';

const signal = AbortSignal.timeout(20_000);
const address = (name: string) => `https://publisher.example/1.0/${name}`;

const paramsOf = (name: string, optional = false): ParamsIn<'artifact.fetch'> => ({
  ...{ name, version: '1.0', arch: 'amd64', url: address(name), checksum: { type: 'none' }, optional },
});

/** Returns a plan that fetches these files. */
function planOf(...files: ParamsIn<'artifact.fetch'>[]): Plan {
  const steps = files.map((params) => ({
    id: `artifacts/${params.name}`,
    tasks: [{ id: 'fetch', title: params.name, action: 'artifact.fetch', params }],
  }));
  return { steps: steps as unknown as Step[] } as Plan;
}

async function tree(...names: string[]) {
  const directory = await mkdtempDisposable(join(tmpdir(), 'vhive-missing-'));
  const root = join(directory.path, 'tree');
  for (const path of names.map((name) => join(root, mirrorPath(address(name))))) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'content');
  }
  const sources = {
    store: await ArtifactStore.open(join(directory.path, 'artifacts')),
    lockFile: new LockFile(join(directory.path, 'vhive.lock')),
    mirror: parseMirror(root),
  };
  return { root, sources, [Symbol.asyncDispose]: () => directory.remove() };
}

describe('refuseMissingFiles', () => {
  it('names every file that the tree lacks, where it is published, and what to type', async () => {
    await using made = await tree('tool');
    const plan = planOf(paramsOf('tool'), paramsOf('one'), paramsOf('two'), paramsOf('extra', true));
    await expect(refuseMissingFiles(plan, made.sources, signal)).rejects.toMatchObject({
      code: 'usage',
      message: ['one', 'two']
        .map((name) => `the mirror has no ${name} 1.0; it is published at ${address(name)}`)
        .join('; '),
      hint: expect.stringContaining(`vhive-coord mirror pull --config vhive.yaml --to ${made.root}`),
    });
  });

  it('says how many more there are than it tells', async () => {
    await using made = await tree();
    const names = Array.from({ length: 20 }, (_, number) => `tool-${number}`);
    await expect(
      refuseMissingFiles(planOf(...names.map((name) => paramsOf(name))), made.sources, signal),
    ).rejects.toThrow(/tool-11 .*; and 8 more files$/);
  });

  it('lets pass what was taken earlier, and what the plan names only later', async () => {
    await using full = await tree('tool');
    await using empty = await tree();
    const context = { signal, log: () => undefined, progress: () => undefined, mode: 'apply' as const };
    const taken = { ...full.sources, mirror: empty.sources.mirror };
    await artifactFetchAction(full.sources)(actions['artifact.fetch'].params.parse(paramsOf('tool')), context);
    await refuseMissingFiles(planOf(paramsOf('tool')), taken, signal);
    // A reference stands for what vHive's source names.
    const url = output('vhive/source', 'read', 'url') as unknown as string;
    await refuseMissingFiles(planOf({ ...paramsOf('later'), url }), taken, signal);
  });

  it('asks a mirror that is a server, and is content with no clear answer', async () => {
    await using made = await tree();
    const server = await FileServer.start();
    try {
      server.files.set(`/tree/${mirrorPath(address('tool'))}`, { content: Buffer.from('content') });
      const sources = { ...made.sources, mirror: parseMirror(server.url('/tree')) };
      await refuseMissingFiles(planOf(paramsOf('tool')), sources, signal);
      await expect(refuseMissingFiles(planOf(paramsOf('other')), sources, signal)).rejects.toThrow('has no other 1.0');
    } finally {
      await server.stop();
    }
    const silent = { ...made.sources, mirror: parseMirror('http://127.0.0.1:9/tree') };
    await refuseMissingFiles(planOf(paramsOf('other')), silent, signal);
  });

  it('has nothing to say where files come from the internet', async () => {
    await using made = await tree();
    await refuseMissingFiles(planOf(paramsOf('tool')), { ...made.sources, mirror: undefined }, signal);
  });
});
