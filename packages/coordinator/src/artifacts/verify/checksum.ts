import { basename } from 'node:path';
import type { DigestAlgorithm } from '@vhive/base/files/hash-file';
import { VhiveError } from '@vhive/shared';

const hexLength: Record<DigestAlgorithm, number> = { sha256: 64, sha512: 128 };

/**
 * Returns the digest (lower-case hex) of a file in a publisher's checksum file. That file has a bare digest, or lines
 * as sha256sum and sha512sum write them (`digest  name`, `digest *name`, names with or without directories), or BSD's
 * `SHA256 (name) = digest`. Throws a VhiveError that says what is missing.
 */
export function digestFor(text: string, fileName: string, algorithm: DigestAlgorithm, source: string): string {
  const hex = new RegExp(`^[0-9a-f]{${hexLength[algorithm]}}$`);
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const named = lines.map(parseLine).filter((line) => line !== undefined);
  const [only] = lines;
  if (lines.length === 1 && only !== undefined && hex.test(only.toLowerCase())) return only.toLowerCase();
  const matches = new Set(named.filter((line) => basename(line.name) === fileName).map((line) => line.digest));
  const fitting = [...matches].filter((digest) => hex.test(digest));
  const [digest] = fitting;
  if (digest !== undefined && fitting.length === 1) return digest;
  throw new VhiveError({
    code: 'refused',
    message: `the checksum file ${source} ${describe(matches.size, fitting.length, fileName, algorithm)}`,
    hint: 'did the publisher rename the file, or did a proxy or login page answer instead? look at that address',
  });
}

function parseLine(line: string): { digest: string; name: string } | undefined {
  const bsd = /^SHA(?:256|512) \((?<name>.+)\) = (?<digest>[0-9a-fA-F]+)$/.exec(line)?.groups;
  const gnu = /^\\?(?<digest>[0-9a-fA-F]{64,128})\s+[*]?(?<name>.+)$/.exec(line)?.groups;
  const found = bsd ?? gnu;
  return found?.name && found.digest ? { digest: found.digest.toLowerCase(), name: found.name } : undefined;
}

function describe(named: number, fitting: number, fileName: string, algorithm: DigestAlgorithm): string {
  if (named === 0) return `has no line for ${fileName}`;
  if (fitting === 0) return `has a line for ${fileName}, but no ${algorithm} digest in it`;
  return `has ${fitting} different ${algorithm} digests for ${fileName}`;
}
