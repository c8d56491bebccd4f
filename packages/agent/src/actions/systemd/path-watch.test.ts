import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathExists } from './path-watch.ts';

test('tells of a file that comes later, below directories that come later', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-watch-'));
  const path = join(directory, 'run/containerd/containerd.sock');
  const waiting = pathExists(path, AbortSignal.timeout(10_000));
  await mkdir(join(directory, 'run'));
  await mkdir(join(directory, 'run/containerd'));
  await writeFile(`${path}.other`, '');
  await writeFile(path, '');
  await expect(waiting).resolves.toBeUndefined();
});

test('ends with the reason of the abort', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-watch-'));
  const abort = new AbortController();
  const waiting = pathExists(join(directory, 'none'), abort.signal);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
