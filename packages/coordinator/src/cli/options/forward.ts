import { VhiveError } from '@vhive/shared';
import { commandOptions, type Flags } from './command-options.ts';
import { flagName, type Origins, oppositeFlag, switchedValue, type UpOptionEntry, variableOf } from './option-entry.ts';

/** An `up` in the form in which the first host of a lab is told to run it. */
export interface ForwardedUp {
  /** The words that follow `vhive-coord up`. */
  words: string[];
  /** The environment, for what only a variable can say. */
  variables: Record<string, string>;
}

const entries: Readonly<Record<string, UpOptionEntry>> = commandOptions.up;

/** Writes the options of `up` again, so that the lab's first host reads the same values from them. */
export function forwarded(flags: Flags<'up'>): ForwardedUp {
  const values = new Map<string, unknown>(Object.entries(flags));
  const words: string[] = [];
  const variables: Record<string, string> = {};
  for (const [key, entry] of Object.entries(entries)) {
    const value = values.get(key);
    if (entry.inLab !== 'forwarded' || value === undefined || value === entry.default) continue;
    const flag = flagName(entry);
    const variable = variableOf(entry);
    if (entry.argument === undefined)
      words.push(...switchWords(entry, value === switchedValue(entry), flags.origins[key]));
    else if (flag !== undefined) words.push(...entry.argument.write(value).flatMap((word) => [flag, word]));
    else if (variable !== undefined) variables[variable] = entry.argument.write(value).join(',');
  }
  return { words, variables };
}

/** Returns the word of a switch that is on, or of one that was taken back; a switch that nobody spoke of has none. */
function switchWords(entry: UpOptionEntry, isOn: boolean, said: string | undefined): string[] {
  const word = isOn ? flagName(entry) : oppositeFlag(entry);
  return word === undefined || (!isOn && said !== word) ? [] : [word];
}

/** Refuses flags that speak of this machine and mean nothing to a lab's first host. Throws code `usage`. */
export function checkForwardable({ origins }: Origins): void {
  for (const [key, { inLab }] of Object.entries(entries)) {
    if (inLab === 'forwarded' || 'outer' in inLab || !origins[key]?.startsWith('--')) continue;
    throw new VhiveError({
      code: 'usage',
      message: `${origins[key]} cannot be used with --lab: ${inLab.refused}`,
      hint: 'leave it out',
    });
  }
}
