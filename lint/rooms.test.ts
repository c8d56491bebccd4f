import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rightFiles, wrongImports } from './breaches.fixture.ts';
import { breaches, isProduction } from './breaches.ts';
import { importsIn, importsOf, sourceFiles } from './imports.ts';
import { roomOf, rooms } from './rooms.ts';

const root = join(import.meta.dirname, '..');
const files = sourceFiles(root);

describe('the rooms', () => {
  it('have no import but through a door', () => {
    expect(files.length).toBeGreaterThan(800);
    expect(breaches(files.flatMap((file) => importsOf(root, file)))).toEqual([]);
  });

  it('are all lived in, and lead to rooms that are', () => {
    const lived = new Set(files.filter(isProduction).map(roomOf));
    expect(Object.keys(rooms).filter((room) => !lived.has(room))).toEqual([]);
    const named = Object.values(rooms).flatMap((room) => room.rooms);
    expect(
      named.filter((name) => !Object.keys(rooms).some((room) => room === name || room.startsWith(`${name}/`))),
    ).toEqual([]);
  });

  it('hold at most about twenty source files in a folder', () => {
    const counts = Map.groupBy(files.filter(isProduction), (file) => file.slice(0, file.lastIndexOf('/')));
    expect([...counts].filter(([, inside]) => inside.length > 21).map(([folder]) => folder)).toEqual([]);
  });

  it('have no file beside a folder of its name', () => {
    const folders = new Set(files.map((file) => file.slice(0, file.lastIndexOf('/'))));
    expect(files.filter((file) => folders.has(file.replace(/\.ts$/, '')))).toEqual([]);
  });
});

describe('the table refuses', () => {
  it.each(wrongImports)('$name', ({ file, text }) => expect(breaches(importsIn(file, text))).toHaveLength(1));
});

describe('the table lets through', () => {
  it.each(rightFiles)('$name', ({ file, text }) => expect(breaches(importsIn(file, text))).toEqual([]));
});
