import { VhiveError } from '@vhive/shared';

/** What a pointer file says about the file for which it stands. */
export interface LfsPointer {
  /** The digest in lower-case hex. */
  sha256: string;
  bytes: number;
}

/** The form of version 1 without extensions: three lines in this order, each ended by a line feed. */
const pointer =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:(?<sha256>[0-9a-f]{64})\nsize (?<size>0|[1-9]\d{0,14})\n$/;

/**
 * Reads the file that stands in a repository in place of one in Git LFS
 * (https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md). Throws VhiveError `refused` when it is no such file,
 * saying what it seems to be instead.
 * @param source where the text comes from, for the message
 */
export function parseLfsPointer(text: string, source: string): LfsPointer {
  const { sha256, size } = pointer.exec(text)?.groups ?? {};
  if (sha256 !== undefined && size !== undefined) return { sha256, bytes: Number(size) };
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text))
    throw notAPointer(source, 'answers with a web page', 'a proxy or login page in between? open the address');
  if (text.startsWith('version https://git-lfs.github.com/') || text.startsWith('version https://hawser.github.com/'))
    throw notAPointer(
      source,
      'is a pointer of git LFS of another version, or a damaged one',
      'compare it with the repository',
    );
  throw fileItself(source);
}

/** Makes the refusal of an answer that is too long to be a pointer, or that has bytes which no pointer has. */
export function fileItself(source: string): VhiveError {
  return notAPointer(
    source,
    'is no pointer of git LFS but, it seems, the file itself: at that ref the repository does not keep it in LFS',
    'is firecracker.vhiveRef right? Its files under bin/ must be in git LFS; a mirror must hold the pointer at this address',
  );
}

function notAPointer(source: string, what: string, hint: string): VhiveError {
  return new VhiveError({ code: 'refused', message: `${source} ${what}`, hint });
}
