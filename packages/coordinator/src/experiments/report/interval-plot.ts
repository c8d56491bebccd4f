import type { MedianInterval } from '@vhive/core/experiments/statistics';
import { type Html, html } from './html.ts';
import { numberText } from './number-text.ts';

/** A row of a plot: a point, its median with interval, and the single measurements. */
export interface PlotRow {
  label: string;
  figure: MedianInterval;
  measured: readonly number[];
}

const WITH_INTERVALS = 'median (dot) with its 95 % confidence interval (bar) over the single trials (rings)';

const ROW = 26;
const LEFT = 320;
const WIDTH = 520;
const RIGHT = 90;
const TOP = 24;
/** So many characters of a label fit. */
const LABEL = 46;

/** The ends of axes, whose quarters are short numbers, as parts of a power of ten. */
const ENDS = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10];

const tickText = (value: number) => String(Number(value.toPrecision(3)));

/** Returns a number not below a value, at which an axis can end. */
function axisEnd(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (ENDS.find((end) => end * power >= value) ?? 10);
}

/** Draws medians with their intervals over the single measurements, on an axis from 0. */
export function intervalPlot(title: string, unit: string, rows: readonly PlotRow[]): Html {
  const most = axisEnd(Math.max(...rows.flatMap(({ figure, measured }) => [figure.median, ...measured])));
  const x = (value: number) => (LEFT + (value / most) * WIDTH).toFixed(1);
  const height = TOP + rows.length * ROW + 24;
  const bottom = height - 20;
  const lines = rows.map(({ label, figure, measured }, index) => {
    const y = TOP + index * ROW + ROW / 2;
    const [low, high] = figure.interval ?? [figure.median, figure.median];
    const short = label.length > LABEL ? `${label.slice(0, LABEL - 1)}…` : label;
    return html`<g><text x="${LEFT - 10}" y="${y + 4}" text-anchor="end">${short}</text>${measured.map(
      (value) => html`<circle class="value" cx="${x(value)}" cy="${y}" r="3"/>`,
    )}<line class="mark" x1="${x(low)}" x2="${x(high)}" y1="${y}" y2="${y}" stroke-width="3"/><circle class="mark" cx="${x(figure.median)}" cy="${y}" r="4.5"/><text x="${LEFT + WIDTH + 12}" y="${y + 4}">${numberText(figure.median)}</text></g>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      html`<line class="axis" x1="${x(share * most)}" x2="${x(share * most)}" y1="${TOP - 6}" y2="${bottom}"/><text x="${x(share * most)}" y="${bottom + 15}" text-anchor="middle">${tickText(share * most)}</text>`,
  );
  return html`<figure><svg viewBox="0 0 ${LEFT + WIDTH + RIGHT} ${height}" width="${LEFT + WIDTH + RIGHT}" height="${height}" role="img" aria-label="${title}">${ticks}${lines}</svg><figcaption>${title}${unit === '' ? '' : `, ${unit}`}: ${rows.some(({ figure }) => figure.interval) ? WITH_INTERVALS : 'median (dot) over the single trials (rings)'}.</figcaption></figure>`;
}
