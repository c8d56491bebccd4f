import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { labNames } from '../machine/names.ts';
import { readLabMemory, writeLabMemory } from './lab-memory.ts';
import { madeWith } from './made-with.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = join(await mkdtemp(join(tmpdir(), 'vhive-lab-memory-')), 'lab');
});
afterEach(() => rm(join(stateDir, '..'), { recursive: true }));

/** Makes a lab as one command after the other would, and returns what it is made with and what the last one said. */
async function afterCommands(...commands: Parameters<typeof madeWith>[0][]) {
  let lines: string[] = [];
  for (const wishes of commands) {
    lines = [];
    const made = madeWith(wishes, await readLabMemory(stateDir), (line) => lines.push(line));
    await writeLabMemory(stateDir, made);
  }
  return { made: await readLabMemory(stateDir), lines };
}

test('a new lab is for everything, and nothing needs to be said', async () => {
  expect(await afterCommands({})).toEqual({ made: { stack: 'full' }, lines: [] });
});

test('a command that does not say what a lab is for goes on with what it was made for, and says so', async () => {
  const { made, lines } = await afterCommands({ stack: 'serving' }, {});
  expect(made).toEqual({ stack: 'serving' });
  expect(lines).toEqual(['this lab is for serving, as it was made; --stack changes that']);
});

test('another stack is a change, which is said and remembered', async () => {
  const { made, lines } = await afterCommands({ stack: 'serving' }, { stack: 'full' });
  expect(made).toEqual({ stack: 'full' });
  expect(lines).toEqual(['this lab was made for serving: from now on it is for full']);
});

test('a mirror tree that was given holds, until another one or a source for the own one is asked for', async () => {
  const given = await afterCommands({ mirror: '/srv/m' }, {});
  expect(given.made).toEqual({ stack: 'full', mirror: '/srv/m' });
  expect(given.lines).toEqual(['this lab takes everything from /srv/m, as before; --mirror or --source changes that']);
  const { made, lines } = await afterCommands({ source: 'compile' });
  expect(made).toEqual({ stack: 'full' });
  expect(lines).toEqual(['this lab took everything from /srv/m: from now on from its own mirror tree']);
});

test.each(['', 'null', '{"stack": "other"}'])('a memory that says %j says nothing', async (text) => {
  await writeLabMemory(stateDir, { stack: 'serving' });
  await writeFile(labNames(stateDir).memoryFile, text);
  expect(await readLabMemory(stateDir)).toBeUndefined();
});
