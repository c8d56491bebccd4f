import { COORDINATOR, type Plan, type Step } from '@vhive/shared';

/** How many names are shown before the rest is only counted. */
const SHOWN = 6;

/**
 * Writes a plan for people: for each phase its steps, what each of them comes after and what it does. Steps that are
 * alike are shown once.
 */
export function renderText(plan: Plan): string {
  const { nodes, controlPlane, steps, phases } = plan;
  const count = nodes.length === 1 ? '1 node' : `${nodes.length} nodes`;
  const byPhase = Map.groupBy(steps, (step) => step.phase);
  const lines = phases.flatMap(({ name, title }) => ['', `${name}: ${title}`, ...phaseLines(byPhase.get(name) ?? [])]);
  return [
    `${count}, control plane ${controlPlane}: ${steps.length} steps in ${phases.length} phases`,
    ...lines,
    '',
  ].join('\n');
}

function phaseLines(steps: readonly Step[]): string[] {
  const groups = Map.groupBy(steps, (step) => JSON.stringify([prefixOf(step.id), tasksOf(step), waitsFor(step)]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const waits = waitsFor(first);
    const after = waits.length === 0 ? '' : `  after ${waits.join(', ')}`;
    const tasks = tasksOf(first);
    // A download is a single task whose title says everything.
    const [only] = first.node === COORDINATOR && tasks.length === 1 ? tasks : [];
    if (only !== undefined) return [`  ${where(group)}  ${only}${after}`];
    return [`  ${where(group)}  ${first.title}${after}`, ...tasks.map((title) => `    - ${title}`)];
  });
}

const prefixOf = (id: string) => id.split('/', 1)[0] ?? id;
const tasksOf = (step: Step) => step.tasks.map((task) => task.title);

/** Returns the kinds of the steps that a step waits for. Those of the coordinator keep their whole names. */
function waitsFor(step: Step): string[] {
  const names = [...step.needs, ...step.after].map((id) => (id.endsWith(`/${step.node}`) ? prefixOf(id) : id));
  const [shown, artifacts] = [
    names.filter((id) => !id.startsWith('artifacts/')),
    names.some((id) => id.startsWith('artifacts/')),
  ];
  const unique = [...new Set(artifacts ? [...shown, 'artifacts'] : shown)];
  return unique.length <= SHOWN ? unique : [...new Set(unique.map(prefixOf))];
}

function where(group: readonly Step[]): string {
  const names = group.map(({ node, id }) => (node === COORDINATOR ? id : node));
  const shown = names.length <= SHOWN ? names : [...names.slice(0, SHOWN - 1), `${names.length - SHOWN + 1} more`];
  const executors = new Set(group.map(({ executor, node }) => (executor === node ? undefined : executor)));
  const [executor] = executors;
  return executors.size === 1 && executor !== undefined ? `${shown.join(', ')} (by ${executor})` : shown.join(', ');
}
