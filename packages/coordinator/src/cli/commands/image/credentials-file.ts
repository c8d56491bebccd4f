import { open } from 'node:fs/promises';
import { messageOf, VhiveError } from '@vhive/shared';
import { type Credentials, readDockerConfig } from './docker-config.ts';

/** More bytes than a file of credentials has. */
const MOST_BYTES = 1_000_000;

/**
 * Reads credentials for a registry from a file: `<user>:<token>` in one line, or docker's config.json. Throws `usage`, also
 * where others may read the file.
 */
export async function readCredentialsFile(file: string, registry: string): Promise<Credentials> {
  const text = await readPrivate(file);
  if (text.trimStart().startsWith('{')) return readDockerConfig(text, file, registry);
  const { user, secret } = /^(?<user>[^:\n]+):(?<secret>[^\n]+)$/.exec(text.trim())?.groups ?? {};
  if (user !== undefined && secret !== undefined) return { user, secret };
  throw new VhiveError({
    code: 'usage',
    message: `--credentials-file ${file}: has neither <user>:<token> in one line, nor the JSON of docker's config.json`,
    hint: `write it anew: (umask 077; cat > ${file}), then the line, then Ctrl-D`,
  });
}

/** Reads a file that nobody else may read, as ssh wants it of keys. */
async function readPrivate(file: string): Promise<string> {
  try {
    await using handle = await open(file);
    const status = await handle.stat();
    if (!status.isFile()) throw refusal(file, 'is not a file', 'name the file itself');
    if ((status.mode & 0o077) !== 0) {
      const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
      throw refusal(
        file,
        `others can read it (mode ${mode}), and its token must be known to you alone`,
        `chmod 600 ${file}`,
      );
    }
    if (status.size > MOST_BYTES) throw refusal(file, 'is too large to be one with credentials', 'name another file');
    return await handle.readFile('utf8');
  } catch (cause) {
    if (cause instanceof VhiveError) throw cause;
    throw refusal(file, `cannot be read: ${messageOf(cause)}`, 'name a file with <user>:<token> in it', cause);
  }
}

function refusal(file: string, why: string, hint: string, cause?: unknown): VhiveError {
  return new VhiveError({ code: 'usage', message: `--credentials-file ${file}: ${why}`, hint, cause });
}
