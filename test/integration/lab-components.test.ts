import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { writeModuleProxy } from '@vhive/agent/actions/go/module-proxy.fixture';
import { machineArchitecture } from '@vhive/lab/tree/architecture';
import type { Component } from '@vhive/lab/tree/components/component';
import { compileStack } from '@vhive/lab/tree/components/index';
import { mirrorPaths } from '@vhive/lab/tree/paths';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needing } from '../support/debian-tools.ts';
import { goToolchain } from '../support/go-toolchain.ts';

const go = await goWithTools();
const program = (word: string) =>
  `package main\n\nimport "example.org/${word}"\n\nvar version = "unknown"\n\nfunc main() { println(${word}.Word, version) }\n`;
const word = (name: string, text: string) => ({
  ...{ path: `example.org/${name}`, version: 'v1.0.0' },
  files: { 'go.mod': `module example.org/${name}\n`, 'word.go': `package ${name}\n\nconst Word = "${text}"\n` },
});
const component = (name: string, more: object = {}): Component => ({
  ...{ title: name, version: '1.0.0', stack: 'kubernetes-only', seconds: 1 },
  recipe: {
    kind: 'go',
    group: 'cluster',
    programs: { [name]: `vhive/lab/cluster/${name}` },
    values: { 'main.version': '1.0.0' },
    ...more,
  },
});

/** The Go of this machine, if it knows the flags with which the lab compiles. */
async function goWithTools(): Promise<{ root: string } | { missing: string }> {
  const found = await goToolchain();
  if ('missing' in found) return found;
  const { stdout } = await execa(join(found.root, 'bin/go'), ['env', 'GOVERSION'], { env: { GOTOOLCHAIN: 'local' } });
  const isNewEnough = Number(/^go1\.(\d+)/.exec(stdout)?.[1] ?? 0) >= 21;
  return isNewEnough ? found : { missing: `the Go here is ${stdout}` };
}

let directory: string;
const { PATH, GOPROXY, GOSUMDB } = process.env;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-lab-components-'));
  if ('root' in go) process.env.PATH = `${join(go.root, 'bin')}${delimiter}${PATH}`;
  process.env.GOPROXY = `file://${join(directory, 'proxy')}`;
  process.env.GOSUMDB = 'off';
  await put('modules/cluster/go.mod', 'module vhive/lab/cluster\n\ngo 1.21\n');
  for (const name of ['one', 'two']) await put(`programs/${name}/main.go`, program(name));
  // One that does not belong to the program is left alone.
  await put('programs/one/main_test.go', 'package nonsense');
});
afterAll(async () => {
  for (const [name, value] of Object.entries({ PATH, GOPROXY, GOSUMDB })) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await rm(directory, { recursive: true, force: true });
});

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(directory, file)), { recursive: true });
  await writeFile(join(directory, file), text);
}

async function compile(table: Record<string, Component>) {
  const lines: string[] = [];
  const made = await compileStack({
    paths: mirrorPaths(join(directory, 'cache')),
    architecture: await machineArchitecture(),
    ...{ stack: 'full', table, log: (line) => lines.push(line) },
    sources: (kind, name) => join(directory, kind, name),
  });
  return {
    made,
    compiled: lines.filter((line) => line.includes(': compiling')).map((line) => line.replace(/;.*/, '')),
  };
}

describe.skipIf('missing' in go)(needing(go, 'the lab’s components with a real Go'), { timeout: 300_000 }, () => {
  it('are compiled from pinned modules; a refused one stops the build, which goes on with it', async () => {
    const sums = await writeModuleProxy(join(directory, 'proxy'), word('one', 'first'));
    const twoSums = await writeModuleProxy(join(directory, 'elsewhere'), word('two', 'second'));
    const pins = ['one', 'two'].map((name) => `require example.org/${name} v1.0.0\n`);
    await put('modules/cluster/go.mod', `module vhive/lab/cluster\n\ngo 1.21\n\n${pins.join('')}`);
    await put('modules/cluster/go.sum', `${sums}${twoSums}`);
    await put(
      'proxy/example.org/two/@v/v1.0.0.mod',
      await readFile(join(directory, 'elsewhere/example.org/two/@v/v1.0.0.mod'), 'utf8'),
    );
    const table = { one: component('one'), two: component('two') };
    await expect(compile(table)).rejects.toMatchObject({
      message: expect.stringMatching(
        /failed at two \(two\): the module example\.org\/two@v1\.0\.0 could not be downloaded/,
      ),
    });

    await writeModuleProxy(join(directory, 'proxy'), word('two', 'second'));
    const { made, compiled } = await compile(table);
    expect(compiled).toEqual(['1 of 1: compiling two 1.0.0']);
    expect((await execa(made.program('one', 'one'))).stderr).toBe('first 1.0.0');
    expect((await execa(made.program('two', 'two'))).stderr).toBe('second 1.0.0');
    expect(await readFile(join(await made.moduleFolder('example.org/two'), 'word.go'), 'utf8')).toContain('second');
    expect((await compile(table)).compiled).toEqual([]);

    const own = program('one').replace('println(', 'println("changed", ');
    await put('programs/one/main.go', own);
    const again = await compile(table);
    expect(again.compiled).toEqual(['1 of 1: compiling one 1.0.0']);
    expect((await execa(again.made.program('one', 'one'))).stderr).toBe('changed first 1.0.0');
  });

  it('are compiled from changed dependencies where the recipe says so', async () => {
    const change = { file: 'example.org/two/word.go', from: '"second"', to: '"third"' };
    const { made } = await compile({ two: component('two', { changes: [change] }) });
    expect((await execa(made.program('two', 'two'))).stderr).toBe('third 1.0.0');
    await expect(compile({ two: component('two', { changes: [{ ...change, from: 'fourth' }] }) })).rejects.toThrow(
      'has 0 times the text that the lab changes there',
    );
  });

  it('name the package that does not compile, and the module with another content', async () => {
    await put('programs/one/main.go', program('one').replace('println', 'nothing'));
    await expect(compile({ one: component('one') })).rejects.toThrow(
      /the package vhive\/lab\/cluster\/one does not compile\.[\s\S]*undefined: nothing/,
    );
    await rm(mirrorPaths(join(directory, 'cache')).goModules, { recursive: true });
    await writeModuleProxy(join(directory, 'proxy'), word('two', 'forged'));
    await expect(compile({ two: component('two', { tags: ['new'] }) })).rejects.toThrow(
      'the module example.org/two@v1.0.0 has other content than the one that is pinned',
    );
  });
});
