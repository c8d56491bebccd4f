import { VhiveError } from '@vhive/shared';
import { askSecret, type SecretInput } from './ask-secret.ts';
import { readCredentialsFile } from './credentials-file.ts';
import type { Credentials } from './docker-config.ts';

/** The longest secret in characters: what can be typed at a prompt in one line. */
const LONGEST = 4_000;

/**
 * Gets the credentials for a registry, as options say: from a file, or with a password that is asked for. Returns undefined
 * where they say nothing: the registry is asked as everybody. Throws `usage`.
 */
export async function credentialsFor(
  registry: string,
  { credentialsFile, user }: { credentialsFile?: string; user?: string },
  input: SecretInput,
): Promise<Credentials | undefined> {
  if (credentialsFile !== undefined)
    return checked(await readCredentialsFile(credentialsFile, registry), credentialsFile);
  if (user === undefined) return undefined;
  if (user.includes(':'))
    throw new VhiveError({
      code: 'usage',
      message: '--user: is the name alone, since everybody on this host can read what commands are typed with',
      hint: 'leave the token out: it is asked for, or read from standard input',
    });
  return checked({ user, secret: await askSecret(`Password or token of ${user} at ${registry}: `, input) }, '--user');
}

function checked({ user, secret }: Credentials, where: string): Credentials {
  const printable = /^[^\p{Cc}]+$/u;
  const wrong = !printable.test(user)
    ? 'the name of the user is empty or has control characters'
    : !printable.test(secret)
      ? 'the password or token is empty or has control characters'
      : secret.length > LONGEST
        ? `the password or token has more than ${LONGEST} characters`
        : undefined;
  if (wrong === undefined) return { user, secret };
  throw new VhiveError({ code: 'usage', message: `${where}: ${wrong}`, hint: 'write <user>:<token> in one line' });
}
