import type { PhaseDiagnosis } from '../commands/doctor/diagnosis.ts';
import type { Style } from './style.ts';
import { naturalWidths, table, totalWidth } from './text-table.ts';
import { widthOf, wrapped } from './text-width.ts';

/** So many complaints of a phase are shown. The rest is counted. */
const MOST_COMPLAINTS = 8;

/**
 * Writes the doctor's report: a line per phase and command, then what is not well. Commands are never cut, however
 * narrow the terminal is, because people copy them.
 */
export function doctorLines(diagnosis: readonly PhaseDiagnosis[], room: { width: number }, style: Style): string[] {
  const unwell = diagnosis.filter(({ complaints }) => complaints.length > 0);
  return [
    '',
    ...phaseLines(diagnosis, room.width, style),
    ...unwell.flatMap(({ phase, complaints }) => [
      '',
      style.bold(phase),
      ...complaints.slice(0, MOST_COMPLAINTS).flatMap((complaint) => wrapped(`  ${complaint}`, room.width, '    ')),
      ...(complaints.length > MOST_COMPLAINTS ? [`  and ${complaints.length - MOST_COMPLAINTS} more`] : []),
    ]),
    '',
    ...(unwell.length === 0 ? [style.good('All is as it should be.')] : wrapped(unwellText(unwell), room.width)),
  ];
}

/** Writes the phases with their states and commands. A command that is too long for its column has a line of its own. */
function phaseLines(diagnosis: readonly PhaseDiagnosis[], width: number, style: Style): string[] {
  const tones = { well: style.good, differs: style.warn, unwell: style.bad, unknown: style.dim };
  const states = diagnosis.map(({ phase, state }) => [{ text: phase }, { text: state, style: tones[state] }]);
  const columns = [{ heading: 'PHASE' }, { heading: 'STATE' }];
  const [heading = '', ...lines] = table(columns, states, { width, heading: style.dim });
  const begin = totalWidth(naturalWidths(columns, states)) + 2;
  const to = (line: string) => line + ' '.repeat(begin - widthOf(line));
  return [
    `${to(heading)}${style.dim('BY HAND, ON A NODE')}`,
    ...diagnosis.flatMap(({ realness: { byHand } }, index) => {
      const [first = '', ...others] = byHand;
      const own = lines[index] ?? '';
      const fits = (command: string) => begin + widthOf(command) <= width;
      return [
        ...(fits(first) ? [(to(own) + first).trimEnd()] : [own, `    ${first}`]),
        ...others.map((command) => (fits(command) ? ' '.repeat(begin) : '    ') + command),
      ];
    }),
  ];
}

function unwellText(unwell: readonly PhaseDiagnosis[]): string {
  const phases = unwell.map(({ phase }) => phase).join(', ');
  return `Not well: ${phases}. To put it right: vhive-coord up with the same options.`;
}
