import { stat } from 'node:fs/promises';
import { messageOf, VhiveError } from '@vhive/shared';
import type { Origins } from './option-entry.ts';

/**
 * Looks whether the mirror tree is a folder, where it is not an address. Throws `usage` at once when it is none: it is
 * asked for its first file only when nodes have come, which may be an hour later.
 */
export async function checkMirror({ mirror, origins }: { mirror?: string } & Origins): Promise<void> {
  if (mirror === undefined || mirror === 'internet' || /^https?:/i.test(mirror)) return;
  const found = await stat(mirror).then(
    (there) => (there.isDirectory() ? undefined : 'it is no folder'),
    (cause: unknown) => messageOf(cause),
  );
  if (found === undefined) return;
  throw new VhiveError({
    code: 'usage',
    message: `${origins.mirror ?? '--mirror'} ${mirror}: there is no mirror tree: ${found}`,
    hint: `fill one: vhive-coord mirror pull --to ${mirror}`,
  });
}
