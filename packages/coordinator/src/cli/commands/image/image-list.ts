import { readFile } from 'node:fs/promises';
import { formatImageReference, fullImageReference, messageOf, readImageReference, VhiveError } from '@vhive/shared';

/**
 * Reads a list of images, one a line, written in full as containerd names them. Empty lines and what follows a # count for
 * nothing. Throws `usage`, which names file and line.
 */
export function parseImageList(text: string, file: string): string[] {
  const refs = text.split('\n').flatMap((line, index) => {
    const word = line
      .trim()
      .replace(/(^|\s)#.*$/, '')
      .trim();
    if (word === '') return [];
    const reference = readImageReference(word);
    if (reference === undefined)
      throw new VhiveError({
        code: 'usage',
        message: `${file}:${index + 1}: "${word}" is not a reference of a container image`,
        hint: 'write one image a line, such as ghcr.io/ease-lab/pyaes:var_workload; # begins a comment',
      });
    return [formatImageReference(reference)];
  });
  if (refs.length > 0) return refs;
  throw new VhiveError({ code: 'usage', message: `${file}: there is no image in it`, hint: 'write one image a line' });
}

/** Returns the images that a command is about: those that were named, and those of a list. Throws `usage` without any. */
export async function wantedImages(words: readonly string[], list: string | undefined): Promise<string[]> {
  const named = words.map(fullImageReference);
  const listed = list === undefined ? [] : parseImageList(await readList(list), list);
  const refs = [...new Set([...named, ...listed])];
  if (refs.length > 0) return refs;
  throw new VhiveError({
    code: 'usage',
    message: 'which images? none was named',
    hint: 'name them, or a file that has one a line: --from images.txt',
  });
}

async function readList(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new VhiveError({
      code: 'usage',
      message: `--from ${file}: cannot be read: ${messageOf(cause)}`,
      hint: 'name a text file with one image a line',
      cause,
    });
  });
}
