import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archivedImageName } from '@vhive/shared';
import { create } from 'tar';
import { expect, test } from 'vitest';
import { createSimulatedHost } from '../../simulated/simulated-host.ts';
import { testContext } from '../kit/context.fixture.ts';
import { image } from './image.ts';
import { imagePush } from './image-push.ts';

/** Makes a context whose archive names these images. */
async function contextWith(tags: readonly string[]) {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-image-'));
  const file = join(directory, 'image.tar');
  await writeFile(join(directory, 'manifest.json'), JSON.stringify([{ Config: 'c.json', RepoTags: tags, Layers: [] }]));
  await create({ file, cwd: directory }, ['manifest.json']);
  const bytes = await readFile(file);
  const archive = { name: 'image', sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  const host = await createSimulatedHost({
    directory: join(directory, 'machines'),
    name: 'node-1',
    address: '127.0.0.1',
  });
  const context = await testContext({
    host: () => host,
    async download(_artifact, path) {
      await copyFile(file, host.localPath(path));
    },
  });
  return {
    archive,
    context: {
      ...context,
      async [Symbol.asyncDispose]() {
        await context[Symbol.asyncDispose]();
        await rm(directory, { recursive: true });
      },
    },
  };
}

test('an image named by its tag is imported from its archive, which is not kept', async () => {
  const ref = 'registry.k8s.io/pause:3.10';
  const { context, archive } = await contextWith([ref]);
  await using here = context;
  expect(await image.check({ ref, archive }, here)).toMatchObject({ converged: false });
  await image.apply({ ref, archive }, here);
  expect(await image.check({ ref, archive }, here)).toEqual({ converged: true, outputs: {} });
  expect(await here.host.list('/var/lib/vhive-agent/images')).toEqual([]);
});

test('an image whose archive changed under its tag is imported again; one that was pulled is left as it is', async () => {
  const ref = 'registry.k8s.io/pause:3.10';
  const { context, archive } = await contextWith([ref]);
  await using here = context;
  await image.apply({ ref, archive }, here);
  const other = { ...archive, sha256: 'f'.repeat(64) };
  expect(await image.check({ ref, archive: other }, here)).toEqual({
    converged: false,
    changes: [expect.stringContaining('is imported again, since its archive changed')],
  });
  expect(await image.check({ ref, archive: null }, here)).toEqual({ converged: true, outputs: {} });
  await here.host.run(['ctr', '-n', 'k8s.io', 'images', 'pull', 'docker.io/library/other:1']);
  expect(await image.check({ ref: 'docker.io/library/other:1', archive: other }, here)).toMatchObject({
    converged: true,
  });
});

test('an image named by its digest has that name afterwards, though archives know tags only', async () => {
  const ref = `gcr.io/knative-releases/activator@sha256:${'d'.repeat(64)}`;
  const { context, archive } = await contextWith([archivedImageName(ref)]);
  await using here = context;
  await image.apply({ ref, archive }, here);
  expect(await image.check({ ref, archive }, here)).toEqual({ converged: true, outputs: {} });
});

test('an archive of another image is no success', async () => {
  const { context, archive } = await contextWith(['ghcr.io/a/other:1']);
  await using here = context;
  await expect(image.apply({ ref: 'ghcr.io/a/wanted:1', archive }, here)).rejects.toMatchObject({
    message: expect.stringContaining('containerd has no ghcr.io/a/wanted:1'),
  });
});

test('an image is pushed once, and again when the registry has another one', async () => {
  const ref = 'ghcr.io/ease-lab/helloworld:var_workload';
  const target = 'docker-registry.registry.svc.cluster.local:5000/ease-lab/helloworld:var_workload';
  const { context, archive } = await contextWith([ref]);
  await using here = context;
  await expect(imagePush.apply({ ref, target }, here)).rejects.toMatchObject({
    failure: { message: `containerd has no ${ref}, so it cannot be pushed` },
  });
  await image.apply({ ref, archive }, here);
  expect(await imagePush.check({ ref, target }, here)).toEqual({
    converged: false,
    changes: [`image ${target}: is pushed`],
  });
  await imagePush.apply({ ref, target }, here);
  expect(await imagePush.check({ ref, target }, here)).toEqual({ converged: true, outputs: {} });
  await here.host.run(['ctr', '-n', 'k8s.io', 'images', 'pull', 'docker.io/library/other:1']);
  expect(await imagePush.check({ ref: 'docker.io/library/other:1', target }, here)).toMatchObject({ converged: false });
});
