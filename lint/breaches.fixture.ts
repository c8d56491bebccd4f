/** A file that must be refused, or one that must be let through: what it is, where it stands, what it says. */
export interface Snippet {
  name: string;
  file: string;
  text: string;
}

const coordinator = (path: string) => `packages/coordinator/src/${path}`;
const core = (path: string) => `packages/core/src/${path}`;
const agent = (path: string) => `packages/agent/src/${path}`;
const lab = (path: string) => `packages/lab/src/${path}`;
const importing = (specifier: string) => `import { a } from '${specifier}';\n\nexport const b = a;\n`;
const imports = (name: string, file: string, specifier: string): Snippet => ({
  name,
  file,
  text: importing(specifier),
});

/** Wrong imports: the table of rooms refuses them. */
export const wrongImports: readonly Snippet[] = [
  // Files for tests in the product.
  imports('a fixture in a phase', core('phases/host/x.ts'), '../kit/phase-context.fixture.ts'),
  imports('a fixture in the command line', coordinator('cli/x.ts'), './run-cli.fixture.ts'),
  imports('a fixture in the agent', agent('actions/files/x.ts'), '../kit/context.fixture.ts'),
  imports('a test in the product', core('plan/x.ts'), './build-plan.test.ts'),
  imports("the tests' support in the coordinator", coordinator('runs/x.ts'), '@vhive/test/support/silent-log'),
  imports("the tests' support in the agent, by its path", agent('host/x.ts'), '../../../../test/support/silent-log.ts'),
  imports('a benchmark in the product', coordinator('nats/x.ts'), '../../../../bench/fleet/statistics.ts'),
  // The core.
  imports('files in the core', core('plan/x.ts'), 'node:fs/promises'),
  imports('NATS in the core', core('scheduler/x.ts'), '@nats-io/transport-node'),
  imports('the base in the core', core('versions/x.ts'), '@vhive/base/files/atomic-file'),
  imports('the plan in a phase', core('phases/kubernetes/x.ts'), '../../plan/build-plan.ts'),
  imports('the list of phases in a phase', core('phases/proof/x.ts'), '../index.ts'),
  imports('the scheduler in the plan', core('plan/y.ts'), '../scheduler/index.ts'),
  imports('the plan in the scheduler', core('scheduler/y.ts'), '../plan/index.ts'),
  imports('an early phase that leans on a later one', core('phases/host/y.ts'), '../microvms/thin-pool.ts'),
  imports('artifacts in the cluster file', core('cluster-file/x.ts'), '@vhive/coordinator/artifacts/store'),
  imports('trust in the cluster file', core('cluster-file/y.ts'), '@vhive/coordinator/trust/authority'),
  imports('the coordinator in the core, loaded on demand', core('plan/z.ts'), '@vhive/coordinator/main'),
  // The coordinator.
  imports('the plan in the runs', coordinator('runs/y.ts'), '@vhive/core/plan/index'),
  imports('HTTP in the runs', coordinator('runs/z.ts'), '../http/http-api.ts'),
  imports('the lab in NATS', coordinator('nats/y.ts'), '@vhive/lab/index'),
  imports('the assembled coordinator in NATS', coordinator('nats/z.ts'), '../assembly/coordinator.ts'),
  imports('NATS in trust', coordinator('trust/x.ts'), '../nats/streams.ts'),
  imports('the nodes in trust', coordinator('trust/y.ts'), '../nodes/node-registry.ts'),
  imports('HTTP in the artifacts', coordinator('artifacts/x.ts'), '../http/http-error.ts'),
  imports('the command line in the artifacts', coordinator('artifacts/mirror/x.ts'), '../../cli/io.ts'),
  imports('the command line in the reference to actions', coordinator('operations/x.ts'), '../cli/io.ts'),
  imports('the mirror in the operations', coordinator('operations/y.ts'), '../artifacts/store.ts'),
  imports('the command line in HTTP', coordinator('http/x.ts'), '../cli/io.ts'),
  imports('the runs in the command line', coordinator('cli/y.ts'), '../runs/runner.ts'),
  imports('NATS in the command line', coordinator('cli/z.ts'), '../nats/streams.ts'),
  imports('HTTP in the command line', coordinator('cli/render/x.ts'), '../../http/http-api.ts'),
  imports(
    'the assembled coordinator in the command line',
    coordinator('cli/follow/x.ts'),
    '../../assembly/coordinator.ts',
  ),
  imports('the command line in the assembly', coordinator('assembly/x.ts'), '../cli/program.ts'),
  imports('the agent in the coordinator', coordinator('nodes/x.ts'), '@vhive/agent/main'),
  imports('the agent in the coordinator, by its path', coordinator('nodes/y.ts'), '../../../agent/src/main.ts'),
  // The lab and the base.
  imports('the command line in the lab', lab('hosts/x.ts'), '@vhive/coordinator/cli/io'),
  imports('the runs in the lab', lab('cluster/x.ts'), '@vhive/coordinator/runs/runner'),
  imports('the phases in the lab', lab('tree/x.ts'), '@vhive/core/phases/index'),
  imports('the command line in the base', 'packages/base/src/files/x.ts', '@vhive/coordinator/cli/io'),
  // The agent.
  imports('the coordinator in the agent', agent('host/y.ts'), '@vhive/coordinator/assembly/coordinator'),
  imports('the start of the program in the host layer', agent('host/z.ts'), '../main.ts'),
  imports('actions in the host layer', agent('host/facts/x.ts'), '../../actions/files/file.ts'),
  imports('programs of the host in an action', agent('actions/network/x.ts'), 'node:child_process'),
  imports('files of the host in an action', agent('actions/network/y.ts'), 'node:fs/promises'),
  imports('the executor in an action', agent('actions/files/y.ts'), '../../executor/executor.ts'),
  imports('the transport in the executor', agent('executor/x.ts'), '../transport/agent.ts'),
  imports('the command line in the transport', agent('transport/x.ts'), '../program/program.ts'),
  // Shared.
  imports('files in shared', 'packages/shared/src/x.ts', 'node:fs'),
  imports('NATS in shared', 'packages/shared/src/wire/x.ts', '@nats-io/transport-node'),
  imports('the agent in shared', 'packages/shared/src/y.ts', '@vhive/agent/host/host'),
  imports('a folder that is no room', coordinator('dashboards/x.ts'), '@vhive/shared'),
  {
    name: 'the base in the core, exported again',
    file: core('plan/u.ts'),
    text: "export * from '@vhive/base/image-index';\n",
  },
  {
    name: 'a module of Node.js in the core, on demand',
    file: core('plan/v.ts'),
    text: "export const a = () => import('node:fs');\n",
  },
  {
    name: 'a type of NATS in the runs',
    file: coordinator('runs/u.ts'),
    text: "export type { A } from '../nats/streams.ts';\n",
  },
];

/** Wrong words in a file: the linter refuses them. */
export const wrongWords: readonly Snippet[] = [
  {
    name: 'an async function in the core',
    file: core('plan/a.ts'),
    text: 'export async function a() {\n  return 1;\n}\n',
  },
  {
    name: 'an async arrow in the core',
    file: core('plan/b.ts'),
    text: 'export const a = async (x: number): Promise<number> => x;\n',
  },
  {
    name: 'an async generator in the core',
    file: core('plan/c.ts'),
    text: 'export async function* a() {\n  yield 1;\n}\n',
  },
  {
    name: 'an async method in the core',
    file: core('plan/d.ts'),
    text: 'export const a = {\n  async b() {\n    return 1;\n  },\n};\n',
  },
  { name: 'await in the core', file: core('plan/e.ts'), text: "export const a = await import('./f.ts');\n" },
  { name: 'chance in the core', file: core('scheduler/a.ts'), text: 'export const a = Math.random();\n' },
  {
    name: 'chance under another name in the core',
    file: core('scheduler/b.ts'),
    text: 'const { random } = Math;\nexport const a = random();\n',
  },
  { name: 'a clock in the core', file: core('phases/host/a.ts'), text: 'export const a = Date.now();\n' },
  {
    name: 'a clock by way of Intl in the core',
    file: core('phases/host/b.ts'),
    text: 'export const a = new Intl.DateTimeFormat().format();\n',
  },
  {
    name: 'a clock by way of Temporal in the core',
    file: core('phases/host/c.ts'),
    text: 'export const a = Temporal.Now.instant();\n',
  },
  {
    name: 'a way around in the core',
    file: core('phases/host/d.ts'),
    text: "export const a = Reflect.get(globalThis, 'Date');\n",
  },
  {
    name: 'a promise that nobody waits for',
    file: coordinator('nats/a.ts'),
    text: 'async function a(): Promise<void> {}\na();\nexport const b = 1;\n',
  },
  {
    name: 'printing past the output',
    file: coordinator('runs/a.ts'),
    text: "console.log('here');\nexport const a = 1;\n",
  },
  {
    name: 'the end of the process in the middle of the work',
    file: coordinator('nodes/a.ts'),
    text: 'export const a = () => process.exit(1);\n',
  },
  {
    name: 'a circle, one half',
    file: agent('host/circle-a.ts'),
    text: "import type { B } from './circle-b.ts';\nexport interface A {\n  b: B;\n}\n",
  },
  {
    name: 'a circle, the other half',
    file: agent('host/circle-b.ts'),
    text: "import type { A } from './circle-a.ts';\nexport interface B {\n  a: A;\n}\n",
  },
];

/** What the core has not: the compiler refuses it, for the core is compiled without the types of Node.js and of browsers. */
export const wrongGlobals: readonly Snippet[] = [
  {
    name: 'a timer in the core',
    file: core('scheduler/c.ts'),
    text: 'setTimeout(() => undefined, 1);\nexport const a = 1;\n',
  },
  { name: 'the environment in the core', file: core('scheduler/d.ts'), text: 'export const a = process.env;\n' },
  { name: 'the network in the core', file: core('scheduler/e.ts'), text: "export const a = fetch('x');\n" },
  {
    name: 'chance by way of crypto in the core',
    file: core('scheduler/f.ts'),
    text: 'export const a = crypto.randomUUID();\n',
  },
  { name: 'a stopwatch in the core', file: core('scheduler/g.ts'), text: 'export const a = performance.now();\n' },
  { name: 'bytes of Node.js in the core', file: core('scheduler/h.ts'), text: "export const a = Buffer.from('x');\n" },
  {
    name: 'a module of Node.js in the core',
    file: core('scheduler/i.ts'),
    text: "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n",
  },
];

/** What must be let through, so that the walls have doors. */
export const rightFiles: readonly Snippet[] = [
  imports('shared in the scheduler', core('scheduler/k.ts'), '@vhive/shared'),
  imports('a file of its own room in the scheduler', core('scheduler/l.ts'), './state.ts'),
  imports('versions in a phase', core('phases/knative/l.ts'), '../../versions/resolve.ts'),
  imports('phases in the plan', core('plan/l.ts'), '../phases/index.ts'),
  imports('the scheduler in the runs', coordinator('runs/l.ts'), '@vhive/core/scheduler/index'),
  imports('the runs in the operations', coordinator('operations/l.ts'), '../runs/runner.ts'),
  imports('the operations in HTTP', coordinator('http/l.ts'), '../operations/operations.ts'),
  imports('the host layer in an action', agent('actions/files/l.ts'), '../../host/host.ts'),
  imports('the executor in the transport', agent('transport/l.ts'), '../executor/executor.ts'),
  imports('a fixture in a test', core('plan/l.test.ts'), './example-input.fixture.ts'),
  { name: 'a clock in the runs', file: coordinator('runs/m.ts'), text: 'export const a = Date.now();\n' },
];
