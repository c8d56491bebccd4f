import type { PhaseDiagnosis } from '../commands/doctor/diagnosis.ts';
import type { Style } from './style.ts';
import { table } from './text-table.ts';

/** So many complaints of a phase are shown. The rest is counted. */
const MOST_COMPLAINTS = 8;

/**
 * Writes the doctor's report: a line per phase and command, then what is not well. Commands are never cut, however
 * narrow the terminal is, because people copy them.
 */
export function doctorLines(diagnosis: readonly PhaseDiagnosis[], room: { width: number }, style: Style): string[] {
  const tones = { well: style.good, differs: style.warn, unwell: style.bad, unknown: style.dim };
  const rows = diagnosis.flatMap(({ phase, state, realness: { lab, byHand } }) =>
    (byHand.length === 0 ? [''] : byHand).map((command, index) => [
      { text: index === 0 ? phase : '' },
      { text: index === 0 ? state : '', style: tones[state] },
      { text: index === 0 ? lab : '' },
      { text: command },
    ]),
  );
  const columns = ['PHASE', 'HERE', 'IN THE LAB', 'BY HAND, ON A NODE'].map((heading) => ({ heading }));
  const unwell = diagnosis.filter(({ complaints }) => complaints.length > 0);
  return [
    '',
    ...table(columns, rows, { width: room.width, heading: style.dim }),
    ...unwell.flatMap(({ phase, complaints }) => [
      '',
      style.bold(phase),
      ...complaints.slice(0, MOST_COMPLAINTS).map((complaint) => `  ${complaint}`),
      ...(complaints.length > MOST_COMPLAINTS ? [`  and ${complaints.length - MOST_COMPLAINTS} more`] : []),
    ]),
    '',
    unwell.length === 0
      ? style.good('All is as it should be.')
      : `Not well: ${unwell.map(({ phase }) => phase).join(', ')}. To put it right: vhive-coord up with the same options.`,
  ];
}
