import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rightFiles, type Snippet, wrongGlobals, wrongWords } from './breaches.fixture.ts';

const root = join(import.meta.dirname, '..');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'walls-'));
  for (const { file, text } of [...wrongWords, ...wrongGlobals, ...rightFiles]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
});

afterAll(async () => await rm(folder, { recursive: true, force: true }));

/** Runs a tool of this repository in the folder of the snippets; it may end with an error. */
async function run(tool: string, words: string[]): Promise<string> {
  const { stdout } = await execa(tool, words, { cwd: folder, preferLocal: true, localDir: root, reject: false });
  return stdout;
}

describe('the linter, with the rules of this repository', () => {
  /** The rules that hold walls; a rule of our own is of the category `plugin`. */
  const rules = /noRestrictedGlobals|noImportCycles|noFloatingPromises|noConsole|plugin/;
  let found = '';
  const isRefused = ({ file }: Snippet) => found.split('\n').includes(file);

  beforeAll(async () => {
    const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(
      join(folder, 'biome.json'),
      JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }),
    );
    await cp(join(root, 'lint'), join(folder, 'lint'), { recursive: true });
    const report = JSON.parse(
      await run('biome', ['lint', '--reporter=json', '--max-diagnostics=none', 'packages']),
    ) as {
      diagnostics: { category: string; location: { path: string } }[];
    };
    const held = report.diagnostics.filter(({ category }) => rules.test(category));
    found = held.map(({ location }) => location.path).join('\n');
  }, 60_000);

  it.each(wrongWords)('refuses $name', (snippet) => expect(isRefused(snippet)).toBe(true));
  it.each(rightFiles)('lets through $name', (snippet) => expect(isRefused(snippet)).toBe(false));
});

describe('the search for what nobody uses', () => {
  it('finds an export although the package lets everybody import everything', async () => {
    const { includeEntryExports, workspaces } = JSON.parse(await readFile(join(root, 'knip.json'), 'utf8')) as {
      includeEntryExports: boolean;
      workspaces: Record<string, object>;
    };
    const packages = { 'packages/*': workspaces['packages/*'] };
    const manifests = {
      'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
      'knip.json': { includeEntryExports, workspaces: packages },
      'packages/probe/package.json': { name: 'probe', type: 'module', exports: { './*': './src/*.ts' } },
    };
    const probe = join(folder, 'knip');
    await mkdir(join(probe, 'packages/probe/src'), { recursive: true });
    for (const [file, value] of Object.entries(manifests)) await writeFile(join(probe, file), JSON.stringify(value));
    await writeFile(join(probe, 'packages/probe/src/used.ts'), 'export const used = 1;\nexport const unused = 2;\n');
    await writeFile(join(probe, 'packages/probe/src/user.ts'), "import { used } from './used.ts';\nused.toFixed();\n");
    const { stdout } = await execa('knip', ['--directory', probe, '--reporter', 'json'], {
      preferLocal: true,
      localDir: root,
      reject: false,
    });
    const { issues } = JSON.parse(stdout) as { issues: { exports: { name: string }[] }[] };
    expect(issues.flatMap(({ exports }) => exports.map(({ name }) => name))).toEqual(['unused']);
  }, 60_000);
});

describe('the compiler, with the settings of the core', () => {
  let printed = '';

  beforeAll(async () => {
    const settings = JSON.parse(await readFile(join(root, 'packages/core/tsconfig.json'), 'utf8')) as {
      compilerOptions: { types: string[] };
    };
    const { types } = settings.compilerOptions;
    const compilerOptions = { types, noEmit: true, composite: false, incremental: false, emitDeclarationOnly: false };
    const project = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions,
      files: wrongGlobals.map(({ file }) => file),
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project));
    printed = await run('tsc', ['--project', 'tsconfig.json', '--pretty', 'false']);
  }, 60_000);

  it.each(wrongGlobals)('refuses $name', ({ file }) => expect(printed).toContain(`${file}(`));
});
