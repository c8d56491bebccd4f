import { COORDINATOR, type Plan } from '@vhive/shared';

/** A plan as a Mermaid flow chart (mermaid.js.org): one group per phase, one box per step; dotted lines: only after. */
export function planMermaid(plan: Plan): string[] {
  const ids = new Map(plan.steps.map((step, index) => [step.id, `s${index}`]));
  const groups = plan.phases.flatMap(({ name, title }) => [
    `  subgraph ${quoted(`${name}: ${title}`, `phase_${name.replaceAll('-', '_')}`)}`,
    ...plan.steps
      .filter((step) => step.phase === name)
      .map((step) => `    ${ids.get(step.id)}["${escaped(where(step))}"]`),
    '  end',
  ]);
  const edges = plan.steps.flatMap((step) => [
    ...step.needs.flatMap((need) => edge(ids.get(need), '-->', ids.get(step.id))),
    ...step.after.flatMap((after) => edge(ids.get(after), '-.->', ids.get(step.id))),
  ]);
  return ['flowchart TD', ...groups, ...edges];
}

function edge(from: string | undefined, arrow: string, to: string | undefined): string[] {
  return from === undefined || to === undefined ? [] : [`  ${from} ${arrow} ${to}`];
}

function where(step: Plan['steps'][number]): string {
  const label = (name: string) => (name === COORDINATOR ? 'coordinator' : name);
  return step.executor === step.node ? label(step.node) : `${label(step.executor)} for ${label(step.node)}`;
}

function quoted(text: string, id: string): string {
  return `${id}["${escaped(text)}"]`;
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;');
}
