import * as z from 'zod';
import { ONE_LINE } from '../patterns.ts';

/**
 * A text of at most `most` characters in one line, in which every character shows itself. Whatever hosts say of
 * themselves ends up in units, files and on terminals.
 */
export function oneLine(most: number) {
  return z.string().max(most).regex(ONE_LINE, 'must be one line, without control characters');
}
