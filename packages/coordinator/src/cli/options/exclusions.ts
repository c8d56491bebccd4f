import { VhiveError } from '@vhive/shared';
import { flagName, type OptionEntries, type Origins } from './option-entry.ts';

/** Refuses options that exclude each other, whether a flag or a variable said them. Throws code `usage`. */
export function checkExclusions(entries: OptionEntries, { origins }: Origins): void {
  for (const [key, entry] of Object.entries(entries)) {
    const other = entry.excludes && entries[entry.excludes.key];
    if (!entry.excludes || !other || !(key in origins) || !(entry.excludes.key in origins)) continue;
    throw new VhiveError({
      code: 'usage',
      message: `${flagName(entry)} and ${flagName(other)} exclude each other: ${entry.excludes.because}`,
      hint: 'leave one of them out',
    });
  }
}
