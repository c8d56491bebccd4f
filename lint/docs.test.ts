import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const tracked = execaSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .stdout.split('\n')
  .filter((file) => existsSync(join(root, file)));
const pages = tracked.filter((file) => file.endsWith('.md'));

/** Paths of this repository that a page names: in backticks or as the target of a link. */
function pathsIn(page: string): string[] {
  const named = [
    ...read(page).matchAll(/`((?:packages|packaging|lint|bench|test|bin|docs|systemd|profiles)\/[\w./-]*)`/g),
  ];
  const linked = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
  const base = page.includes('/') ? page.slice(0, page.lastIndexOf('/')) : '.';
  return [...named.map((match) => match[1] ?? ''), ...linked.map((match) => join(base, match[1] ?? ''))];
}

describe.each(pages)('%s', (page) => {
  it('names no path that is not there', () => {
    expect(pathsIn(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

/** The folders of docs/architecture.md: the items of its section "The rooms", below the folder of their heading. */
function describedFolders(): string[] {
  const [, text = ''] = /\n## The rooms\n(.*?)\n## /s.exec(read('docs/architecture.md')) ?? [];
  return text.split('\n### ').flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    const items = section
      .split('\n- ')
      .slice(1)
      .map((item) => item.slice(0, item.indexOf(':')));
    const folders = items.flatMap((item) => [...item.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
    return folders.map((folder) => (heading.startsWith('packages/') ? `${heading}/${folder}` : folder));
  });
}

it('docs/architecture.md names every folder of sources, and no other', () => {
  const sources = tracked.filter((file) => /\.(ts|go|service|grit|md|py|sh)$|^bin\//.test(file) && file.includes('/'));
  const folders = new Set(sources.map((file) => file.slice(0, file.lastIndexOf('/'))));
  // A package's own folder is its heading, snapshots belong to their tests, and every command has a folder of its name.
  const undescribed = [...folders].filter(
    (folder) => !/^packages\/[^/]+(\/src)?$|snapshots$|\/cli\/commands\/[\w-]+$/.test(folder),
  );
  const described = describedFolders();
  expect(undescribed.filter((folder) => !described.includes(folder))).toEqual([]);
  expect(described.filter((folder) => ![...folders].some((one) => `${one}/`.startsWith(`${folder}/`)))).toEqual([]);
});
