import { COORDINATOR } from '@vhive/shared';
import { type Cause, causesOf, namesText } from '../follow/causes.ts';
import type { RunReport } from '../follow/run-report.ts';
import type { CommandWords } from './command-words.ts';
import type { Style } from './style.ts';
import { cut, wrapped } from './text-width.ts';

/** At most so many causes are told. Who has more of them begins with these. */
const MOST_CAUSES = 10;
/** At most so many of the last lines of a command are shown; all of them are in its log. */
const MOST_LAST_LINES = 8;

/** Writes every cause of failure once, with the nodes that have it, and then what to type next. */
export function failureLines(report: RunReport, width: number, style: Style, words: CommandWords): string[] {
  const causes = causesOf(report.failures);
  const more = causes.length - MOST_CAUSES;
  return [
    ...causes.slice(0, MOST_CAUSES).flatMap((cause) => ['', ...causeLines(cause, width, style, words)]),
    ...(more > 0 ? ['', `and ${more} more causes; all of them: ${words.coord('status')}`] : []),
    ...againLines(report, words),
  ];
}

function causeLines(cause: Cause, width: number, style: Style, words: CommandWords): string[] {
  const { failure, phase, nodes } = cause;
  const [first = ''] = nodes;
  const lines = failure.lastLines ?? [];
  return [
    ...causeHeading(cause, width).map(style.bad),
    ...lines.slice(-MOST_LAST_LINES).map((line) => style.dim(cut(`    | ${line}`, width))),
    ...(failure.task === undefined ? [] : wrapped(`  goal:  ${failure.task}`, width, '         ')),
    ...(failure.hint === undefined ? [] : wrapped(`  hint:  ${words.inText(failure.hint)}`, width, '         ')),
    ...(phase === undefined ? [] : [`  logs:  ${words.coord(`logs --node ${first} --phase ${phase}`)}`]),
  ];
}

/** Writes where a cause was met and what it is: `✖ sim-1, sim-2, phase join: kubeadm join: exit status 1`. */
export function causeHeading({ nodes, phase, failure }: Cause, width: number): string[] {
  const where = `${namesText(nodes)}${phase === undefined ? '' : `, phase ${phase}`}`;
  return wrapped(`✖ ${where}: ${failure.message.trim()}`, width, '  ');
}

/** Says how to go on. A retry is advised only where it can help without anything being put right first. */
function againLines(report: RunReport, words: CommandWords): string[] {
  const failed = report.nodes.filter(({ failure, outcome }) => failure !== undefined && outcome !== 'removed');
  if (failed.length === 0) return [];
  const mayHeal = failed.filter(({ failure }) => failure?.permanent !== true);
  if (mayHeal.length === 0) return ['', 'Put that right, then type the same command again.'];
  const names = mayHeal.filter(({ name }) => name !== COORDINATOR).map(({ name }) => ` --node ${name}`);
  const isAll = names.length > 3 || mayHeal.length < failed.length;
  return ['', `Try again what failed:  ${words.coord(`retry${isAll ? '' : names.join('')}`)}`];
}
