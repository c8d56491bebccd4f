import { escaped } from './escaped.ts';
import { linearScale, logScale, type Pixels, type Scale } from './scale.ts';

const WIDTH = 800;
const HEIGHT = 450;
const left = 70;
const right = WIDTH - 20;
const top = 50;
const bottom = HEIGHT - 55;

/** An axis: what is written beside it, and its range. With `lowest` it is logarithmic. */
interface Axis {
  title: string;
  lowest?: number;
  highest: number;
}

/** What is drawn: a line through points, or the points alone. */
interface Series {
  label: string;
  /** Colours that can be told apart by people who see fewer of them, and in grey. */
  color: '#0072b2' | '#d55e00' | '#999999';
  kind: 'line' | 'dots';
  points: readonly (readonly [number, number])[];
}

/** Draws a chart as SVG, which browsers and papers show, without a script or a font of its own. */
export function chart(title: string, x: Axis, y: Axis, series: readonly Series[]): string {
  const across = scaleOf(x, [left, right]);
  const up = scaleOf(y, [bottom, top]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(left, 20, title, 'font-size="14" font-weight="bold"'),
    ...across.ticks.flatMap((tick) => [
      line(across.at(tick), top, across.at(tick), bottom),
      text(across.at(tick), bottom + 18, tickText(tick), 'text-anchor="middle"'),
    ]),
    ...up.ticks.flatMap((tick) => [
      line(left, up.at(tick), right, up.at(tick)),
      text(left - 6, up.at(tick) + 4, tickText(tick), 'text-anchor="end"'),
    ]),
    text((left + right) / 2, HEIGHT - 15, x.title, 'text-anchor="middle"'),
    text(0, 0, y.title, `text-anchor="middle" transform="translate(16 ${(top + bottom) / 2}) rotate(-90)"`),
    ...series.flatMap((one, index) => drawn(one, index, across, up)),
    '</svg>',
    '',
  ].join('\n');
}

function scaleOf({ lowest, highest }: Axis, pixels: Pixels): Scale {
  return lowest === undefined ? linearScale(highest, pixels) : logScale(lowest, highest, pixels);
}

function drawn({ label, color, kind, points }: Series, index: number, x: Scale, y: Scale): string[] {
  const places = points.map(([px, py]) => `${place(x.at(px))} ${place(y.at(py))}`);
  const legendX = left + index * 230;
  const legend = [
    `<rect x="${legendX}" y="30" width="10" height="10" fill="${color}"/>`,
    text(legendX + 15, 39, label, ''),
  ];
  if (places.length === 0) return legend;
  const shape =
    kind === 'line'
      ? `<path d="M${places.join('L')}" fill="none" stroke="${color}" stroke-width="1.5"/>`
      : // A line of no length with round ends is a dot.
        `<path d="${places.map((at) => `M${at}h0`).join('')}" stroke="${color}" stroke-width="3" stroke-linecap="round" stroke-opacity="0.6"/>`;
  return [...legend, shape];
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<path d="M${place(x1)} ${place(y1)}L${place(x2)} ${place(y2)}" stroke="#dddddd"/>`;
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${place(x)}" y="${place(y)}" ${attributes}>${escaped(words)}</text>`;
}

function place(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}
