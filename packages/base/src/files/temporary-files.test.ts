import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepTrackOfTemporaries, removeLeftTemporaries, temporaryBeside } from './temporary-files.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-temporaries-'));
});
afterEach(() => rm(directory, { recursive: true }));

const isTemporary = (name: string) => name.endsWith('.tmp');

test('what a killed process has left anywhere is removed by the next one', async () => {
  const notes = join(directory, 'state/temporaries');
  const elsewhere = join(directory, 'etc/deep');
  await mkdir(elsewhere, { recursive: true });
  const module = (name: string) => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));
  const script = `
    const { keepTrackOfTemporaries } = await import(${module('./temporary-files.ts')});
    const { writeFileAtomic } = await import(${module('./atomic-file.ts')});
    await keepTrackOfTemporaries(${JSON.stringify(notes)});
    for (;;) await writeFileAtomic(${JSON.stringify(join(elsewhere, 'file'))}, 'x'.repeat(1_000_000));`;
  const changes = watch(elsewhere);
  const writer = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  for await (const { filename } of changes) if (isTemporary(filename ?? '')) break;
  writer.kill('SIGKILL');
  await once(writer, 'close');
  expect(await readFile(notes, 'utf8')).toBe(`${elsewhere}\n`);
  // It may just have been between two files.
  await writeFile(join(elsewhere, `.vhive-${writer.pid}-00ff.tmp`), '');

  await keepTrackOfTemporaries(notes);
  expect((await readdir(elsewhere)).filter(isTemporary)).toEqual([]);
});

test('what living processes are about to use, and what is not ours, stays', async () => {
  const own = temporaryBeside(join(directory, 'file'));
  const others = ['.vhive-1-abc.tmp', '.other.tmp', 'file.tmp'];
  await Promise.all([own, ...others.map((name) => join(directory, name))].map((path) => writeFile(path, '')));
  await mkdir(join(directory, 'sub'));
  await writeFile(join(directory, 'sub/.vhive-4194305-abc.tmp'), '');
  await removeLeftTemporaries(directory);
  expect(await readdir(join(directory, 'sub'))).toHaveLength(1);
  await removeLeftTemporaries(directory, { recursive: true });
  expect(await readdir(join(directory, 'sub'))).toEqual([]);
  expect(await readdir(directory)).toHaveLength(5);
});
