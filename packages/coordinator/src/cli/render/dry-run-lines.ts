import { COORDINATOR, type RunView, type StepView } from '@vhive/shared';
import type { Style } from './style.ts';
import { wrapped } from './text-width.ts';

/** Returns the title that a task of a step has in the plan. */
type TitleOf = (step: string, task: string) => string | undefined;

/** How wide the lines may be, and how they are set off. */
interface Room {
  width: number;
  style: Style;
}

/** Writes what a dry run found, per node, phase and task: only what would change, and how much is as it should be. */
export function dryRunLines(view: RunView, titleOf: TitleOf, room: Room): string[] {
  const { style } = room;
  const names = [...new Set(view.steps.map((step) => step.node))];
  return names.flatMap((name) => {
    const steps = view.steps.filter((step) => step.node === name);
    const lines = view.phases.flatMap((phase) => {
      const own = steps.filter((step) => step.phase === phase.name).flatMap((step) => taskLines(step, titleOf, room));
      return own.length === 0 ? [] : [`  ${phase.name}`, ...own];
    });
    const unchanged = steps.flatMap((step) => step.tasks).filter(({ status }) => status === 'unchanged').length;
    const label = name === COORDINATOR ? 'coordinator' : name;
    const summary =
      lines.length === 0
        ? 'nothing would change'
        : `${unchanged} ${unchanged === 1 ? 'task is' : 'tasks are'} as ${unchanged === 1 ? 'it' : 'they'} should be`;
    return ['', `${style.bold(label)}  ${style.dim(summary)}`, ...lines];
  });
}

function taskLines(step: StepView, titleOf: TitleOf, { width, style }: Room): string[] {
  const tasks = step.tasks.filter(({ status }) => status === 'would-change' || status === 'failed');
  const indent = '        ';
  return tasks.flatMap(({ id, status, changes = [], failure }) => [
    ...wrapped(
      `    ${status === 'failed' ? style.bad('✖') : style.warn('~')} ${titleOf(step.id, id) ?? id}`,
      width,
      '      ',
    ),
    ...changes.flatMap((change) => wrapped(`${indent}${change}`, width, '  ')).map(style.dim),
    ...(failure ? wrapped(`${indent}${failure.message}`, width, '  ').map(style.bad) : []),
  ]);
}
