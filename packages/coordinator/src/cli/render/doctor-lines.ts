import type { PhaseDiagnosis } from '../doctor/diagnosis.ts';
import type { Style } from './style.ts';
import { table } from './text-table.ts';

/** Complaints of a phase that are shown; the rest is counted. */
const MOST_COMPLAINTS = 8;

/** The doctor's report: a line per phase, then what is not well, then what the lab could not prove. */
export function doctorLines(diagnosis: readonly PhaseDiagnosis[], room: { width: number }, style: Style): string[] {
  const tones = { well: style.good, differs: style.warn, unwell: style.bad, unknown: style.dim };
  const rows = diagnosis.map(({ phase, state, realness }) => [
    { text: phase },
    { text: state, style: tones[state] },
    { text: realness.lab },
    { text: realness.byHand.join('; ') },
  ]);
  const columns = [
    { heading: 'PHASE' },
    { heading: 'HERE' },
    { heading: 'IN THE LAB' },
    { heading: 'BY HAND, ON A NODE', elastic: true },
  ];
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
