import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('../..', import.meta.url));
const coordinator = (path: string) => `packages/coordinator/src/${path}/x.ts`;
const agent = (path: string) => `packages/agent/src/${path}/x.ts`;
const importing = (specifier: string) => `import { a } from '${specifier}';\n\nexport const b = a;\n`;

/** A file that lint must refuse: what it is, where it stands, what it says. */
const refused: [name: string, file: string, text: string][] = [
  ...['scheduler', 'phases', 'plan', 'versions'].flatMap((folder): [string, string, string][] => [
    [`a clock in ${folder}`, coordinator(`${folder}/clock`), 'export const a = Date.now();\n'],
    [`a timer in ${folder}`, coordinator(`${folder}/timer`), 'setTimeout(() => undefined, 1);\n'],
    [`chance in ${folder}`, coordinator(`${folder}/chance`), 'export const a = Math.random();\n'],
    [`files in ${folder}`, coordinator(`${folder}/files`), importing('node:fs/promises')],
    [`NATS in ${folder}`, coordinator(`${folder}/nats`), importing('@nats-io/transport-node')],
    [`the environment in ${folder}`, coordinator(`${folder}/environment`), 'export const a = process.env;\n'],
    [`the network in ${folder}`, coordinator(`${folder}/network`), "export const a = fetch('x');\n"],
    [`a way around in ${folder}`, coordinator(`${folder}/around`), "export const a = await import('node:fs');\n"],
    [`the runner in ${folder}`, coordinator(`${folder}/runner`), importing('../../runner/runner.ts')],
  ]),
  ['the plan in phases', coordinator('phases/deep'), importing('../../plan/index.ts')],
  ['the scheduler in plan', coordinator('plan/deep'), importing('../../scheduler/index.ts')],
  ['the command line in the scheduler', coordinator('scheduler/deep'), importing('../../cli/main.ts')],
  ['the API in the runner', coordinator('runner/a'), importing('../../api/routes.ts')],
  ['the command line in the runner', coordinator('runner/b'), importing('../../cli/main.ts')],
  ['the transport in the runner', coordinator('runner/c'), importing('../../transport/streams.ts')],
  ['the command line in the API', coordinator('api/a'), importing('../../cli/main.ts')],
  ['the runner in the command line', coordinator('cli/a'), importing('../../runner/runner.ts')],
  ['the API in the command line', coordinator('cli/b'), importing('../../api/routes.ts')],
  ['the runner in the transport', coordinator('transport/a'), importing('../../runner/runner.ts')],
  ['the command line in trust', coordinator('trust/a'), importing('../../cli/main.ts')],
  ['the agent in the coordinator', coordinator('lab/a'), importing('@vhive/agent/main')],
  ['the agent in the coordinator, by path', coordinator('lab/b'), importing('../../../../agent/src/main.ts')],
  ['the coordinator in the agent', agent('host/a'), importing('@vhive/coordinator/coordinator')],
  ['the coordinator in the agent, by path', agent('host/b'), importing('../../../../coordinator/src/main.ts')],
  ['actions in the host layer', agent('host/c'), importing('../../actions/file.ts')],
  ['the executor in actions', agent('actions/a'), importing('../../executor/executor.ts')],
  ['the transport in actions', agent('actions/b'), importing('../../transport/agent.ts')],
  ['the transport in the executor', agent('executor/a'), importing('../../transport/agent.ts')],
  ['the command line in the transport', agent('transport/a'), importing('../../cli/program.ts')],
  ['the agent in shared', 'packages/shared/src/a/x.ts', importing('../../../agent/src/host/host.ts')],
  ['the coordinator in shared', 'packages/shared/src/b/x.ts', importing('@vhive/coordinator/main')],
];

/** What must be allowed, so that the walls have doors. */
const allowed: [name: string, file: string, text: string][] = [
  ['shared in the scheduler', coordinator('scheduler/good'), importing('@vhive/shared')],
  ['its own files in the scheduler', 'packages/coordinator/src/scheduler/good.ts', importing('./state.ts')],
  ['versions in phases', 'packages/coordinator/src/phases/good.ts', importing('../versions/resolve.ts')],
  ['phases in plan', 'packages/coordinator/src/plan/good.ts', importing('../phases/index.ts')],
  ['the scheduler in the runner', 'packages/coordinator/src/runner/good.ts', importing('../scheduler/index.ts')],
  ['the runner in the API', coordinator('api/good'), importing('../../runner/runner.ts')],
  ['the host layer in actions', agent('actions/good'), importing('../../host/host.ts')],
  ['the executor in the transport', agent('transport/good'), importing('../../executor/executor.ts')],
  ['a clock in the runner', coordinator('runner/clock'), 'export const a = Date.now();\n'],
];

interface Diagnostic {
  category: string;
  location: { path: string | { file: string } };
}

/** Rules that hold the walls; a plugin's diagnostics are of the category "plugin". */
const wallRules = /noRestrictedImports|noRestrictedGlobals|plugin/;

let folder = '';
const broken = new Map<string, string[]>();

/** Lints all the snippets in a copy of the project's layout, with the project's own rules. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-walls-'));
  const config = JSON.parse(await readFile(join(project, 'biome.json'), 'utf8')) as Record<string, unknown>;
  await writeFile(
    join(folder, 'biome.json'),
    JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }),
  );
  await cp(join(project, 'lint'), join(folder, 'lint'), { recursive: true });
  for (const [, file, text] of [...refused, ...allowed]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  const { stdout } = await execa('biome', ['lint', '--reporter=json', '--max-diagnostics=none', '.'], {
    cwd: folder,
    preferLocal: true,
    localDir: project,
    reject: false,
  });
  for (const { category, location } of (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics) {
    const path = typeof location.path === 'string' ? location.path : location.path.file;
    broken.set(path, [...(broken.get(path) ?? []), category]);
  }
}, 60_000);

afterAll(async () => await rm(folder, { recursive: true, force: true }));

const wallsBrokenBy = (file: string) => (broken.get(file) ?? []).filter((category) => wallRules.test(category));

describe('lint refuses', () => {
  it.each(refused)('%s', (_, file) => expect(wallsBrokenBy(file)).not.toEqual([]));
});

describe('lint allows', () => {
  it.each(allowed)('%s', (_, file) => expect(wallsBrokenBy(file)).toEqual([]));
});
