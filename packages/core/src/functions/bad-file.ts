import { VhiveError } from '@vhive/shared';

/** Makes the error about a file that cannot be used. `where` is the file, with its line where there is one. */
export function badFile(where: string, what: string, hint?: string): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `${where}: ${what}`,
    hint: hint ?? 'correct the file; nothing was deployed',
  });
}
