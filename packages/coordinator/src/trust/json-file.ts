import { readFileIfPresent } from '@vhive/base/files/atomic-file';
import { messageOf, VhiveError } from '@vhive/shared';
import * as z from 'zod';

/**
 * Reads a JSON file of the state directory; undefined when there is none. A file that is no JSON, or not of the shape of
 * `schema`, is damaged: throws code `internal`, which says what `holds`, and `remedy` as the hint. Nothing is made anew
 * in its place, because that would forget what it held.
 */
export async function readJsonFile<S extends z.ZodType>(
  file: string,
  schema: S,
  { holds, remedy }: { holds: string; remedy: string },
): Promise<z.output<S> | undefined> {
  const text = await readFileIfPresent(file);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new VhiveError({
      code: 'internal',
      message: `${file} is damaged, which holds ${holds}: ${reasonOf(cause)}`,
      hint: remedy,
      cause,
    });
  }
}

/** Says what is wrong without repeating the content, which is secret in some of these files. */
function reasonOf(cause: unknown): string {
  if (cause instanceof z.ZodError)
    return `its field ${cause.issues[0]?.path.join('.') || '(all)'} is not as it must be`;
  return cause instanceof SyntaxError ? 'it is no JSON' : messageOf(cause);
}
