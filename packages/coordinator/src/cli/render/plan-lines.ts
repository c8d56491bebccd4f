import { COORDINATOR, type Plan, type Step } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import type { Style } from './style.ts';

/** A plan for reading: per phase its steps, what each waits for and what it does. */
export function planLines(plan: Plan, style: Style): string[] {
  const nodes = plan.nodes.length === 1 ? '1 node' : `${plan.nodes.length} nodes`;
  const byPhase = Map.groupBy(plan.steps, (step) => step.phase);
  return [
    style.bold(`${nodes}, master ${plan.controlPlane}: ${plan.steps.length} steps in ${plan.phases.length} phases`),
    ...plan.phases.flatMap(({ name, title }) => [
      '',
      `${style.bold(name)}  ${style.dim(title)}`,
      ...alike(byPhase.get(name) ?? [], style),
    ]),
  ];
}

/** Steps that do the same on several nodes are shown once. */
function alike(steps: readonly Step[], style: Style): string[] {
  const groups = Map.groupBy(steps, (step) => JSON.stringify([step.tasks.map(({ title }) => title), phasesOf(step)]));
  return [...groups.values()].flatMap((group) => {
    const first = group[0];
    if (!first) return [];
    const where = group.map(({ executor, node }) =>
      executor === node ? label(node) : `${label(executor)} for ${label(node)}`,
    );
    const needs = phasesOf(first);
    const { timeLimitMs, retries } = first.policy;
    const policy = `${needs.length > 0 ? `after ${needs.join(', ')}; ` : ''}at most ${describeDuration(timeLimitMs / 1000)}, ${retries} retries`;
    return [
      `  ${shortList(where)}  ${style.dim(`(${policy})`)}`,
      ...first.tasks.map((task, index) => `    ${index + 1}. ${task.title}`),
    ];
  });
}

/** Phases of the steps that must come before. */
function phasesOf(step: Step): string[] {
  return [...new Set([...step.needs, ...step.after].map((id) => id.split('/')[0] ?? id))];
}

function shortList(names: readonly string[]): string {
  return names.length <= 6 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}

function label(name: string): string {
  return name === COORDINATOR ? 'coordinator' : name;
}
