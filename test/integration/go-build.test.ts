import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createGoBuild } from '@vhive/agent/actions/go/go-build';
import { writeModuleProxy } from '@vhive/agent/actions/go/module-proxy.fixture';
import { testContext } from '@vhive/agent/actions/kit/context.fixture';
import { createRealHost } from '@vhive/agent/host/real-host';
import { agentActions } from '@vhive/shared';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needing } from '../support/debian-tools.ts';
import { goToolchain } from '../support/go-toolchain.ts';

const go = await goToolchain();
const source = (digit: number) => ({ name: 'source', sha256: String(digit).repeat(64), bytes: 1 });
const main = 'package main\n\nimport "fmt"\n\nvar greeting = "hello"\n\nfunc main() { fmt.Println(greeting) }\n';

let directory: string;
let goBuild: ReturnType<typeof createGoBuild>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-go-'));
  goBuild = createGoBuild(join(directory, 'cache'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Makes a tree with these files, and the parameters that build it. */
async function tree(name: string, files: Record<string, string>) {
  const root = join(directory, name);
  for (const [path, text] of Object.entries({ 'go.mod': 'module example.org/tool\n\ngo 1.18\n', ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const output = join(root, 'out/tool');
  const params = (changes: object = {}) =>
    agentActions['go.build'].params.parse({
      ...{ go: 'root' in go ? go.root : undefined, directory: root, output, modules: null, inputs: [source(1)] },
      ...changes,
    });
  return { root, output, params, run: async () => (await execa(output)).stdout };
}

/** The context is that of the machine itself, because Go must find real paths. */
const contextOf = () =>
  testContext({
    signal: AbortSignal.timeout(120_000),
    host: () => createRealHost({ searchPath: process.env.PATH ?? '' }),
  });

describe.skipIf('missing' in go)(needing(go, 'go.build with a real Go'), { timeout: 120_000 }, () => {
  it('compiles once, and again when something changed', async () => {
    await using context = await contextOf();
    const { root, output, params, run } = await tree('plain', { 'main.go': main });
    expect(await goBuild.check(params(), context)).toEqual({ converged: false, changes: [`${output}: is compiled`] });
    await goBuild.apply(params(), context);
    expect(await goBuild.check(params(), context)).toEqual({ converged: true, outputs: {} });
    expect(await run()).toBe('hello');
    expect(await readdir(dirname(output))).toEqual(['tool']);

    const again = (why: string) => ({ changes: [expect.stringMatching(`is compiled again, ${why}`)] });
    expect(await goBuild.check(params({ inputs: [source(2)] }), context)).toMatchObject(again('from another source'));
    expect(await goBuild.check(params({ modules: root }), context)).toMatchObject(again('with other settings'));
    await writeFile(output, 'someone else');
    expect(await goBuild.check(params(), context)).toMatchObject(again('since somebody changed it'));
    await rm(output);
    expect(await goBuild.check(params(), context)).toMatchObject(again('since it is gone'));
    await writeFile(`${output}.new`, 'what a killed build left');
    await writeFile(join(root, 'main.go'), main.replace('hello', 'again'));
    await goBuild.apply(params({ inputs: [source(2)] }), context);
    expect(await goBuild.check(params({ inputs: [source(2)] }), context)).toMatchObject({ converged: true });
    expect(await run()).toBe('again');
  });

  it('adds and replaces files of an overlay, and leaves the tree as it is', async () => {
    await using context = await contextOf();
    const { root, params, run } = await tree('overlaid', { 'main.go': main });
    const overlay = { 'greeting.go': 'package main\n\nfunc init() { greeting = "overlay" }\n' };
    await goBuild.apply(params({ overlay }), context);
    expect(await run()).toBe('overlay');
    expect((await readdir(root)).sort()).toEqual(['go.mod', 'main.go', 'out']);
    expect(await goBuild.check(params({ overlay }), context)).toMatchObject({ converged: true });
    expect(await goBuild.check(params(), context)).toMatchObject({ converged: false });
    expect((await readdir(join(directory, 'cache'))).filter((name) => name.startsWith('overlay'))).toEqual([]);
    const outside = { '../elsewhere.go': '' };
    await expect(goBuild.apply(params({ overlay: outside }), context)).rejects.toMatchObject({
      failure: { permanent: true, message: expect.stringContaining('leads out of') },
    });
  });

  it('takes modules from a folder, verified by go.sum, and nothing from the internet', async () => {
    await using context = await contextOf();
    const modules = join(directory, 'modules');
    const served = {
      path: 'example.org/greet',
      version: 'v1.0.0',
      files: {
        'go.mod': 'module example.org/greet\n',
        'greet.go': 'package greet\n\nconst Word = "from the folder"\n',
      },
    };
    const sums = await writeModuleProxy(modules, served);
    const files = {
      'go.mod': 'module example.org/tool\n\ngo 1.18\n\nrequire example.org/greet v1.0.0\n',
      'go.sum': sums,
      'main.go':
        'package main\n\nimport (\n\t"fmt"\n\n\t"example.org/greet"\n)\n\nfunc main() { fmt.Println(greet.Word) }\n',
    };
    const { root, params, run } = await tree('modules', files);
    await goBuild.apply(params({ modules }), context);
    expect(await run()).toBe('from the folder');
    expect(await readFile(join(root, 'go.mod'), 'utf8')).toBe(files['go.mod']);

    const lacking = join(directory, 'no-modules');
    await mkdir(lacking);
    const fresh = createGoBuild(join(directory, 'fresh-cache'));
    await expect(fresh.apply(params({ modules: lacking }), context)).rejects.toMatchObject({
      failure: { hint: expect.stringContaining('vhive-coord mirror pull') },
    });
    await writeModuleProxy(modules, {
      ...served,
      files: { ...served.files, 'greet.go': 'package greet\n// forged\n' },
    });
    await expect(fresh.apply(params({ modules }), context)).rejects.toMatchObject({
      failure: { hint: expect.stringContaining('go.sum') },
    });
  });

  it('does without a folder of modules that was never unpacked', async () => {
    await using context = await contextOf();
    const { params, run } = await tree('folderless', { 'main.go': main });
    await goBuild.apply(params({ modules: join(directory, 'never-unpacked') }), context);
    expect(await run()).toBe('hello');
    expect(context.logged.join()).toContain('never-unpacked');
  });

  it('uses what the tree itself has under vendor', async () => {
    await using context = await contextOf();
    const { params, run } = await tree('vendored', {
      'go.mod': 'module example.org/tool\n\ngo 1.18\n\nrequire example.org/greet v1.0.0\n',
      'vendor/modules.txt': '# example.org/greet v1.0.0\n## explicit\nexample.org/greet\n',
      'vendor/example.org/greet/greet.go': 'package greet\n\nconst Word = "vendored"\n',
      'main.go': main.replace('"fmt"', '(\n\t"fmt"\n\n\t"example.org/greet"\n)').replace('"hello"', 'greet.Word'),
    });
    await goBuild.apply(params(), context);
    expect(await run()).toBe('vendored');
  });

  it('fails with the lines of the compiler, which stand in the log too, and keeps the old program', async () => {
    await using context = await contextOf();
    const { root, output, params, run } = await tree('broken', { 'main.go': main });
    await goBuild.apply(params(), context);
    await writeFile(join(root, 'main.go'), main.replace('greeting)', 'nonsense)'));
    await expect(goBuild.apply(params({ inputs: [source(2)] }), context)).rejects.toMatchObject({
      failure: {
        permanent: true,
        message: expect.stringContaining(`go build . in ${root}`),
        lastLines: expect.arrayContaining([expect.stringMatching(/main\.go:\d+:\d+: undefined: nonsense/)]),
      },
    });
    expect(context.logged.join('\n')).toContain('undefined: nonsense');
    expect(await run()).toBe('hello');
    expect(await readdir(dirname(output))).toEqual(['tool']);
  });

  it('says for good that there is no Go, too old a Go, or no module', async () => {
    await using context = await contextOf();
    const { root, params } = await tree('none', { 'main.go': main });
    await expect(goBuild.apply(params({ go: '/nonexistent' }), context)).rejects.toMatchObject({
      failure: { permanent: true, hint: 'there is no Go at /nonexistent' },
    });
    // A Go before 1.21 tries to build all the same, and names the wanted version only once the build has failed.
    await writeFile(join(root, 'go.mod'), 'module example.org/tool\n\ngo 1.999\n');
    await writeFile(join(root, 'main.go'), main.replace('greeting)', 'nonsense)'));
    await expect(goBuild.apply(params(), context)).rejects.toMatchObject({
      failure: { permanent: true, hint: expect.stringContaining('versions.go') },
    });
    await rm(join(root, 'go.mod'));
    await expect(goBuild.apply(params(), context)).rejects.toThrow('has no go.mod');
  });
});
