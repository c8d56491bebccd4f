import { readFile } from 'node:fs/promises';
import { messageOf, parseJoinToken, VhiveError } from '@vhive/shared';
import { INSTALLED_TOKEN_FILE } from './paths.ts';

/**
 * Finds the join token: in VHIVE_TOKEN, otherwise in the file that was named, otherwise in the installed file. The
 * installed file may be absent; then the result is undefined and the node waits for approval. A token is never taken
 * from the command line, which every user of the host can read.
 */
export async function findJoinToken(
  tokenFile: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (environment.VHIVE_TOKEN) return checked(environment.VHIVE_TOKEN);
  try {
    return checked(await readFile(tokenFile ?? INSTALLED_TOKEN_FILE, 'utf8'));
  } catch (error) {
    if (error instanceof VhiveError) throw error;
    if (tokenFile === undefined) return undefined;
    throw new VhiveError({
      code: 'usage',
      message: `cannot read the join token from ${tokenFile}: ${messageOf(error)}`,
      hint: 'name a file that this user can read, or put the token into VHIVE_TOKEN',
    });
  }
}

function checked(text: string): string {
  parseJoinToken(text);
  return text.trim();
}
