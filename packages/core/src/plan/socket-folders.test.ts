import type { ClusterFile, Plan, Step } from '@vhive/shared';
import { expect, it } from 'vitest';
import { buildPlan } from './build-plan.ts';
import { exampleInput } from './example-input.fixture.ts';

/** The services that make the folder of their socket themselves, as containerd's sys.GetLocalListener does. */
const makersOfFolders = ['containerd.service', 'firecracker-containerd.service', 'stargz-snapshotter.service'];

/** Returns the ids of all steps that are done before a step begins. */
function before(step: Step, plan: Plan, found = new Set<string>()): Set<string> {
  for (const id of step.needs) {
    if (found.has(id)) continue;
    found.add(id);
    const needed = plan.steps.find((candidate) => candidate.id === id);
    if (needed) before(needed, plan, found);
  }
  return found;
}

const files: ClusterFile[] = [
  {},
  { stargz: true },
  { sandbox: 'stock-only', stargz: true },
  { sandbox: 'gvisor' },
  { registry: { cache: { enabled: true } } },
];

it.each(files)('with %j the folder of every socket is made before its service starts', (fields) => {
  const plan = buildPlan(exampleInput(2, fields));
  const services = plan.steps.flatMap((step) =>
    step.tasks.flatMap(({ action, params }) =>
      action === 'systemd.unit' && typeof params.readyPath === 'string'
        ? [{ step, name: String(params.name), folder: params.readyPath.slice(0, params.readyPath.lastIndexOf('/')) }]
        : [],
    ),
  );
  expect(services).not.toEqual([]);
  for (const { step, name, folder } of services) {
    const earlier = before(step, plan);
    const made = plan.steps
      .filter(({ id, node }) => node === step.node && (id === step.id || earlier.has(id)))
      .flatMap(({ tasks }) => tasks.map(({ params }) => String(params.path ?? '')))
      .some((path) => path === folder || path.startsWith(`${folder}/`));
    expect(made || makersOfFolders.includes(name), `${folder} of ${name}`).toBe(true);
  }
});
