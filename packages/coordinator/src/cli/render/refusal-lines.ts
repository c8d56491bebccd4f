import { COORDINATOR } from '@vhive/shared';
import { causesOf, oneByOne } from '../follow/causes.ts';
import type { RunReport } from '../follow/run-report.ts';
import type { CommandWords } from './command-words.ts';
import { causeHeading } from './failure-lines.ts';
import type { Style } from './style.ts';
import { wrapped } from './text-width.ts';

/** How preflight writes that checks can be passed over. */
const ignoreHint = /preflight\.ignore: \[([^\]]*)\]/;

/**
 * Writes why preflight refused, in at most `rows` lines: each thing that stands in the way once, with the nodes, then
 * what to do. Nothing else is told, because nothing else was done.
 */
export function refusalLines(
  report: RunReport,
  room: { width: number; rows: number },
  style: Style,
  words: CommandWords,
): string[] {
  const causes = causesOf(report.failures.flatMap(oneByOne));
  const end = endLines(report, room.width, words);
  const left = room.rows - end.length - 1;
  const lines: string[] = [];
  for (const [index, cause] of causes.entries()) {
    const hint = cause.failure.hint;
    const own = [
      ...causeHeading(cause, room.width).map(style.bad),
      ...(hint === undefined || ignoreHint.test(hint)
        ? []
        : wrapped(`  hint:  ${words.inText(hint)}`, room.width, '         ')),
    ];
    const rest = causes.length - index;
    // The first one is told whatever its length; that it is cut by the terminal's edge is better than nothing.
    if (index > 0 && lines.length + own.length + (rest > 1 ? 1 : 0) > left) {
      lines.push(`and ${rest} more; all of them: ${words.coord('status')}`);
      break;
    }
    lines.push(...own.slice(0, Math.max(1, left - 1)));
  }
  return [...lines, ...end];
}

function endLines(report: RunReport, width: number, words: CommandWords): string[] {
  const checks = new Set(
    report.failures.flatMap(({ failure }) => ignoreHint.exec(failure.hint ?? '')?.[1]?.split(', ') ?? []),
  );
  const pass =
    checks.size === 0
      ? ''
      : `, or let a check pass with preflight.ignore: [${[...checks].join(', ')}] in the cluster file`;
  const own = report.nodes.find(({ name }) => name === COORDINATOR)?.phases ?? [];
  const fetched = own.reduce((sum, { changed }) => sum + changed, 0);
  return [
    '',
    ...wrapped(`Put right what is named${pass}; then type the same command again.`, width, '  '),
    ...(fetched === 0 ? [] : wrapped(`${fetched} downloads of this run are kept for the next one.`, width)),
    `What each check printed: ${words.coord('logs --phase preflight')}`,
  ];
}
