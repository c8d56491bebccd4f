import { styleText } from 'node:util';

/** How text is set off on a terminal. Without colour, each of these functions returns the text as it is. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  busy(text: string): string;
}

const plain = (text: string) => text;
const as = (format: Parameters<typeof styleText>[0]) => (text: string) =>
  styleText(format, text, { validateStream: false });

/** No colours and no bold, for pipes, NO_COLOR and dumb terminals. */
export const plainStyle: Style = { bold: plain, dim: plain, good: plain, warn: plain, bad: plain, busy: plain };

/** The eight basic colours, which every theme keeps readable. */
export const colorStyle: Style = {
  bold: as('bold'),
  dim: as('dim'),
  good: as('green'),
  warn: as('yellow'),
  bad: as('red'),
  busy: as('cyan'),
};

/**
 * Chooses colour on terminals unless NO_COLOR (no-color.org) or TERM=dumb says otherwise. FORCE_COLOR turns it on
 * anywhere.
 */
export function styleFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Style {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return plainStyle;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0') return colorStyle;
  return stream.isTTY === true && env.TERM !== 'dumb' ? colorStyle : plainStyle;
}
