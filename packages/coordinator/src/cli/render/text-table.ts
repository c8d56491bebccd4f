import { printable } from '@vhive/shared';
import { cut, widthOf } from './text-width.ts';

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
  /** Whether this column is left out when the table is still too wide then. Of several the last one goes first. */
  optional?: boolean;
}

const GAP = 2;
const MINIMUM_ELASTIC = 8;
/** An elastic column that is optional is of no use where it has less room than this. */
const LEAST_OPTIONAL = 24;

/**
 * Writes the lines of a table, headings first. No line is wider than `width`: elastic columns are cut to make it fit,
 * then optional ones left out, then the widest of the others cut. With `fill` elastic columns are widened to that
 * width, so that a table which is drawn again and again stays where it is.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: { width: number; heading?: (text: string) => string; fill?: boolean },
): string[] {
  const { width, fill = false } = options;
  // Names and facts come from other hosts. What is in a cell must not move the cursor nor begin a row of its own.
  const cells = rows.map((row) => row.map((cell) => ({ ...cell, text: printable(cell.text) })));
  const kept = columnsThatFit(columns, cells, width);
  const only = <T>(all: readonly T[]) => kept.flatMap((index) => (all[index] === undefined ? [] : [all[index]]));
  const shown = only(columns);
  const shownRows = cells.map(only);
  const widths = fit(shown, naturalWidths(shown, shownRows), width, fill);
  const heading = options.heading ?? ((text: string) => text);
  const headings = shown.map((column): Cell => ({ text: column.heading, style: heading }));
  return [headings, ...shownRows].map((cells) => line(shown, cells, widths));
}

/** Returns the indexes of the columns that are shown: all but the optional ones for which there is no room. */
function columnsThatFit(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): number[] {
  const kept = [...columns.keys()];
  const natural = naturalWidths(columns, rows);
  const least = (index: number) => {
    const own = natural[index] ?? 0;
    const { elastic, optional } = columns[index] ?? {};
    return elastic ? Math.min(own, optional ? LEAST_OPTIONAL : MINIMUM_ELASTIC) : own;
  };
  for (;;) {
    const optional = kept.findLast((index) => columns[index]?.optional === true);
    if (optional === undefined || totalWidth(kept.map(least)) <= width) return kept;
    kept.splice(kept.indexOf(optional), 1);
  }
}

/** Returns the width that each column needs to show everything. */
export function naturalWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number[] {
  return columns.map((column, index) =>
    rows.reduce((width, row) => Math.max(width, widthOf(row[index]?.text ?? '')), widthOf(column.heading)),
  );
}

/** Returns the width of a table with these columns. */
export function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}

function fit(columns: readonly Column[], natural: number[], width: number, fill: boolean): number[] {
  let excess = totalWidth(natural) - width;
  const widths = natural.map((own, index) => {
    if (!columns[index]?.elastic || (excess <= 0 && !(fill && Number.isFinite(width)))) return own;
    const less = Math.min(excess, Math.max(0, own - MINIMUM_ELASTIC));
    excess -= less;
    return own - less;
  });
  for (; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths));
    const own = widths[widest] ?? 0;
    if (own <= 1) break;
    widths[widest] = own - 1;
  }
  return widths;
}

function line(columns: readonly Column[], cells: readonly Cell[], widths: readonly number[]): string {
  const last = cells.length - 1;
  return cells
    .map(({ text, style }, index) => {
      const width = widths[index] ?? widthOf(text);
      const short = cut(text, width);
      const styled = style ? style(short) : short;
      const padding = ' '.repeat(Math.max(0, width - widthOf(short)));
      if (columns[index]?.align === 'right') return padding + styled;
      return index === last ? styled : styled + padding;
    })
    .join(' '.repeat(GAP))
    .trimEnd();
}
