import { chmod, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from '@vhive/base/files/exists';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { isTemporaryFile } from '@vhive/base/files/temporary-files';
import { messageOf, VhiveError } from '@vhive/shared';

/** The file by which a state directory is known: it holds the CA and all keys. Everything else is made after it. */
export const AUTHORITY_FILE = 'authority.json';

/** What only a coordinator that had its authority can have written into a state directory. */
const madeAfterwards: readonly string[] = [
  ...['ca.pem', 'operator.jwt', 'operator-token', 'join-tokens.json', 'revocations.json', 'server.pem'],
  ...['nodes', 'jetstream'],
];

/** What does not make a directory another's: a file system's own, and locks. */
const meansNothing = /^(lost\+found|(coordinator|nats-server)\.lock)$/;

/**
 * What a directory is to a coordinator: `state` is the state of one, `empty` can become it, `headless` is one whose
 * authority.json is missing, and in `foreign` something else is kept.
 */
async function lookAt(directory: string): Promise<'state' | 'empty' | 'headless' | 'foreign'> {
  const names = (await readdir(directory)).filter((name) => !meansNothing.test(name) && !isTemporaryFile(name));
  // The authority may have been made by another process since the names were read.
  if (names.includes(AUTHORITY_FILE) || (await exists(join(directory, AUTHORITY_FILE)))) return 'state';
  if (names.length === 0) return 'empty';
  return names.some((name) => madeAfterwards.includes(name)) ? 'headless' : 'foreign';
}

/** Whether a directory holds the state of a coordinator. Rejects when it cannot be read. */
export async function isStateDirectory(directory: string): Promise<boolean> {
  return await exists(join(directory, AUTHORITY_FILE));
}

/**
 * Makes the directory, readable by its owner only. A state directory that others can read is closed to them. A directory
 * in which something else is kept, or that belongs to somebody else, is refused (code `usage`) and stays as it is.
 */
export async function prepareStateDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory, 0o700);
    const found = await stat(directory);
    if (process.getuid !== undefined && found.uid !== process.getuid())
      throw new Error(`it belongs to user ${found.uid}, this process runs as user ${process.getuid()}`);
    if ((await lookAt(directory)) === 'foreign') throw new Error('it holds other files, and no state of a coordinator');
    if ((found.mode & 0o077) !== 0) await chmod(directory, 0o700);
  } catch (error) {
    throw new VhiveError({
      code: 'usage',
      message: `cannot use the state directory ${directory}: ${messageOf(error)}`,
      hint: 'name one that is new or empty, or the one of your cluster, with --state-dir or VHIVE_STATE_DIR; run as the user it belongs to',
      cause: error,
    });
  }
}

/**
 * Throws code `internal` when authority.json is missing from a directory that a coordinator has used: with a new CA no
 * agent that has enrolled would trust the coordinator any more.
 */
export async function requireHead(directory: string): Promise<void> {
  if ((await lookAt(directory)) !== 'headless') return;
  throw new VhiveError({
    code: 'internal',
    message: `${join(directory, AUTHORITY_FILE)} is missing: it holds the CA and account keys that every agent of this cluster trusts`,
    hint: `restore it from a backup; without one, begin anew: move ${directory} away, and let every agent enrol again with a new token`,
  });
}
