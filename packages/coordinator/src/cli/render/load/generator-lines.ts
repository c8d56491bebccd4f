import type { LoadTotals } from '@vhive/shared';
import type { Style } from '../style.ts';
import { table } from '../text-table.ts';

/** What one of several load generators did. */
export interface GeneratorFigures {
  node: string;
  totals: LoadTotals;
  startedAtMs: number;
  clockOffsetMs: number;
}

/** What people are told of each of several load generators. */
export function generatorLines(generators: readonly GeneratorFigures[], width: number, style: Style): string[] {
  const first = Math.min(...generators.map(({ startedAtMs }) => startedAtMs));
  const columns = ['SENT', 'OK', 'FAILED', 'P50', 'P99', 'LATEST', 'BEGAN', 'CLOCK'];
  return [
    '',
    ...table(
      [{ heading: 'FROM' }, ...columns.map((heading) => ({ heading, align: 'right' as const }))],
      generators.map(({ node, totals, startedAtMs, clockOffsetMs }) => [
        { text: node },
        ...[
          String(totals.sent),
          String(totals.ok),
          String(totals.errors + totals.timeouts),
          ms(totals.fromIntended.p50),
          ms(totals.fromIntended.p99),
          ms(totals.latestMs),
          `+${ms(startedAtMs - first)}`,
          `${clockOffsetMs < 0 ? '' : '+'}${ms(clockOffsetMs)}`,
        ].map((text) => ({ text })),
      ]),
      { width, heading: style.dim },
    ),
    style.dim('Milliseconds: latencies, how late the latest call was sent, when it began, how far its clock is ahead.'),
  ];
}

function ms(value: number): string {
  return value.toFixed(Math.abs(value) < 100 ? 2 : 0);
}
