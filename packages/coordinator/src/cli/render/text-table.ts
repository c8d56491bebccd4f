import { printable } from '@vhive/shared';

/** A cell: its text, and how it is set off once its width is known. */
export interface Cell {
  text: string;
  style?: (text: string) => string;
}

/** A column: its heading and its alignment. */
export interface Column {
  heading: string;
  align?: 'left' | 'right';
  /** Whether this column is cut first when the table is too wide. */
  elastic?: boolean;
}

const GAP = 2;
const MINIMUM_ELASTIC = 8;

/** Cuts a text to `width` characters, of which the last one is then an ellipsis. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width <= 1 ? text.slice(0, Math.max(0, width)) : `${text.slice(0, width - 1).trimEnd()}…`;
}

/**
 * Writes the lines of a table that is no wider than `width`, headings first. Elastic columns are cut to make it fit.
 * With `fill` they are widened to that width, so that a table which is drawn again and again stays where it is.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: { width: number; heading?: (text: string) => string; fill?: boolean },
): string[] {
  // Names and facts come from other hosts. What is in a cell must not move the cursor nor begin a row of its own.
  const shown = rows.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })));
  const widths = fit(columns, naturalWidths(columns, shown), options.width, options.fill === true);
  const heading = options.heading ?? ((text: string) => text);
  const headings = columns.map((column): Cell => ({ text: column.heading, style: heading }));
  return [headings, ...shown].map((cells) => line(columns, cells, widths));
}

/** Returns the width that each column needs to show everything. */
export function naturalWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map((column, index) =>
    rows.reduce((width, row) => Math.max(width, row[index]?.text.length ?? 0), column.heading.length),
  );
}

/** Returns the width of a table with these columns. */
export function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}

function fit(columns: readonly Column[], natural: number[], width: number, fill: boolean): number[] {
  let excess = totalWidth(natural) - width;
  return natural.map((own, index) => {
    if (!columns[index]?.elastic || (excess <= 0 && !fill)) return own;
    const less = Math.min(excess, Math.max(0, own - MINIMUM_ELASTIC));
    excess -= less;
    return own - less;
  });
}

function line(columns: readonly Column[], cells: readonly Cell[], widths: readonly number[]): string {
  const last = cells.length - 1;
  return cells
    .map(({ text, style }, index) => {
      const width = widths[index] ?? text.length;
      const short = cut(text, width);
      const styled = style ? style(short) : short;
      const padding = ' '.repeat(Math.max(0, width - short.length));
      if (columns[index]?.align === 'right') return padding + styled;
      return index === last ? styled : styled + padding;
    })
    .join(' '.repeat(GAP))
    .trimEnd();
}
