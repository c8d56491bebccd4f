import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { machineArchitecture } from '../architecture.ts';
import { mirrorPaths } from '../paths.ts';
import type { Component } from './component.ts';
import { compileStack } from './index.ts';

/**
 * A `go` that writes down what it was asked. Its programs are text files; a package whose name is in the file `refused`
 * is one that cannot be downloaded, one in `slow` is compiled until a signal comes.
 */
const fakeGo = `#!/bin/sh
here=$(dirname "$0")
case "$1" in
env) cat "$here/env.json"; exit ;;
version) shift 2; for file in "$@"; do printf '\\tdep\\t%s\\tv1.0.0\\th1:x=\\n' "$(cat "$file")"; done; exit ;;
esac
while [ $# -gt 0 ]; do
  case "$1" in
  -o) out=$2; shift ;;
  example.org/*)
    echo "$1 cgo=$CGO_ENABLED mod=$(pwd | grep -c /modules/)" >> "$here/asked"
    if grep -qx "$1" "$here/refused"; then
      echo "go: $1@v1.0.0: reading https://proxy.example/$1.zip: 403 Forbidden" >&2
      exit 1
    fi
    if grep -qx "$1" "$here/slow"; then echo compiling >&2; exec sleep 60; fi
    echo "$1" > "$out$(basename "$1")" ;;
  esac
  shift
done
`;

let directory: string;
let lines: string[];
const path = process.env.PATH;

const component = (title: string, recipe: Partial<Component['recipe']> = {}): Component => ({
  ...{ title, version: '1.0.0', stack: 'kubernetes-only', seconds: 10 },
  recipe: {
    kind: 'go',
    group: 'cluster',
    programs: { [title]: `example.org/${title}` },
    ...recipe,
  } as Component['recipe'],
});
const table = { one: component('one'), two: component('two'), three: component('three') };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-components-'));
  lines = [];
  await put('bin/go', fakeGo);
  await chmod(join(directory, 'bin/go'), 0o755);
  await put('bin/env.json', JSON.stringify({ GOVERSION: 'go1.26.8', GOPROXY: 'https://proxy.example' }));
  for (const file of ['refused', 'slow', 'asked']) await put(`bin/${file}`, '');
  await pin({ one: 'v1.0.0', two: 'v1.0.0', three: 'v1.0.0' });
  process.env.PATH = `${join(directory, 'bin')}${delimiter}${path}`;
});
afterEach(async () => {
  process.env.PATH = path;
  await rm(directory, { recursive: true });
});

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, file)), { recursive: true });
  await writeFile(join(directory, file), text);
}

/** Writes the go.mod and go.sum of the only group. */
async function pin(versions: Record<string, string>): Promise<void> {
  const entries = Object.entries(versions);
  const requires = entries.map(([name, version]) => `require example.org/${name} ${version}`);
  await put('modules/cluster/go.mod', ['module vhive/lab/cluster', 'go 1.26.0', ...requires, ''].join('\n'));
  await put(
    'modules/cluster/go.sum',
    entries.map(([name, version]) => `example.org/${name} ${version} h1:${version}=\n`).join(''),
  );
}

async function compile(options: Partial<Parameters<typeof compileStack>[0]> = {}) {
  const asked = join(directory, 'bin/asked');
  await writeFile(asked, '');
  const made = await compileStack({
    paths: mirrorPaths(join(directory, 'cache')),
    architecture: await machineArchitecture(),
    ...{ stack: 'full', table, log: (line) => lines.push(line) },
    sources: (kind, name) => join(directory, kind, name),
    ...options,
  }).catch((error: unknown) => error);
  const packages = (await readFile(asked, 'utf8')).split('\n').filter((line) => line !== '');
  return { made, packages: packages.map((line) => line.replace(/ .*/, '')), asked: packages };
}

test('each component is compiled once, and its programs are there again in the next build', async () => {
  const first = await compile();
  expect(first.asked).toEqual(['one', 'two', 'three'].map((name) => `example.org/${name} cgo=0 mod=1`));
  expect(lines.filter((line) => line.startsWith('3 of 3'))).toEqual([
    expect.stringMatching(/^3 of 3: compiling three 1\.0\.0; about \d+ s left$/),
  ]);
  await rm(mirrorPaths(join(directory, 'cache')).bin, { recursive: true });
  const second = await compile();
  expect(second.packages).toEqual([]);
  const program = join(mirrorPaths(join(directory, 'cache')).bin, 'two/two');
  expect(second.made).toMatchObject({ program: expect.any(Function) });
  expect(await readFile(program, 'utf8')).toBe('example.org/two\n');
});

test('a refused module is named, and the next build goes on with it', async () => {
  await put('bin/refused', 'example.org/two\n');
  const { made } = await compile();
  expect(made).toBeInstanceOf(VhiveError);
  expect(made).toMatchObject({
    code: 'preflight',
    message: expect.stringMatching(
      /failed at two \(two\): the module example\.org\/two@v1\.0\.0 could not be downloaded/,
    ),
    hint: expect.stringContaining('go env GOPROXY'),
  });
  await put('bin/refused', '');
  expect((await compile()).packages).toEqual(['example.org/two', 'example.org/three']);
});

test('only the components whose modules changed are compiled again', async () => {
  await compile();
  await pin({ one: 'v1.0.0', two: 'v1.1.0', three: 'v1.0.0' });
  expect((await compile()).packages).toEqual(['example.org/two']);
  const changed = { ...table, three: component('three', { tags: ['more'] }) };
  expect((await compile({ table: changed })).packages).toEqual(['example.org/three']);
  await put('bin/env.json', JSON.stringify({ GOVERSION: 'go1.26.9' }));
  expect((await compile({ table: changed })).packages).toHaveLength(3);
});

test('what is kept of a component that is no more is deleted', async () => {
  await compile();
  const { two: _, ...others } = table;
  await compile({ table: others });
  expect(await readdir(mirrorPaths(join(directory, 'cache')).kept)).toEqual(['one', 'three']);
});

test('programs are only unpacked when all are compiled', async () => {
  const { bin, kept } = mirrorPaths(join(directory, 'cache'));
  await put('bin/refused', 'example.org/three\n');
  await compile();
  expect(await readdir(bin)).toEqual(['three']);
  expect(await readdir(kept)).toEqual(['one', 'two']);
  await put('bin/refused', '');
  await compile();
  expect(await readdir(bin)).toEqual(['one', 'three', 'two']);
});

test("the compiler's cache stays while there is something to compile, and is gone afterwards", async () => {
  const { goCache } = mirrorPaths(join(directory, 'cache'));
  await mkdir(goCache, { recursive: true });
  await writeFile(join(goCache, 'package'), '');
  await put('bin/refused', 'example.org/three\n');
  await compile();
  expect(await readdir(goCache)).toEqual(['package']);
  await put('bin/refused', '');
  await compile();
  await expect(readdir(goCache)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('only what the stack needs is compiled', async () => {
  const rows = { ...table, two: { ...table.two, stack: 'full' } } as const;
  expect((await compile({ table: rows, stack: 'serving' })).packages).toEqual(['example.org/one', 'example.org/three']);
});

test('an abort ends the compiler, and what was finished is kept', async () => {
  await put('bin/slow', 'example.org/two\n');
  const stop = new AbortController();
  const running = compile({ signal: stop.signal });
  const asked = () => readFile(join(directory, 'bin/asked'), 'utf8');
  await vi.waitFor(async () => expect(await asked()).toContain('example.org/two'), { timeout: 10_000 });
  stop.abort();
  expect((await running).made).toBeInstanceOf(Error);
  await put('bin/slow', '');
  expect((await compile()).packages).toEqual(['example.org/two', 'example.org/three']);
});

test('a Go that is too old, but fetches the right one, is said', async () => {
  await put('bin/env.json', JSON.stringify({ GOVERSION: 'go1.22.0' }));
  await compile();
  expect(lines).toContain('compiling with Go 1.26.0 (from the module registry, as this machine has only 1.22.0)');
});
