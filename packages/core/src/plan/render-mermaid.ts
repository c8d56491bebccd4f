import { COORDINATOR, type Plan, type Step } from '@vhive/shared';

/**
 * Draws a plan as a Mermaid flow chart (mermaid.js.org) with a group per phase and a box per step. A dotted arrow means
 * that a step only waits until the other has ended.
 */
export function renderMermaid(plan: Plan): string {
  const boxes = new Map(plan.steps.map((step, index) => [step.id, `s${index}`]));
  const arrows = (step: Step, ids: readonly string[], arrow: string) =>
    ids.flatMap((id) => (boxes.has(id) ? [`  ${boxes.get(id)} ${arrow} ${boxes.get(step.id)}`] : []));
  return [
    'flowchart LR',
    ...plan.phases.flatMap(({ name, title }) => [
      `  subgraph ${name.replaceAll('-', '_')}["${escaped(title)}"]`,
      ...plan.steps.filter(({ phase }) => phase === name).map((step) => `    ${boxes.get(step.id)}["${label(step)}"]`),
      '  end',
    ]),
    ...plan.steps.flatMap((step) => [...arrows(step, step.needs, '-->'), ...arrows(step, step.after, '-.->')]),
    '',
  ].join('\n');
}

function label({ id, node, executor, title }: Step): string {
  if (node === COORDINATOR) return escaped(title);
  return escaped(executor === node ? `${node}: ${title}` : `${node}: ${title} (by ${executor})`) || id;
}

const escaped = (text: string) => text.replaceAll('"', '#quot;');
