import type { FileHandle } from 'node:fs/promises';
import { Header, Pax } from 'tar';

/** Where the content of a file lies within a tar archive, in bytes. */
export interface TarMember {
  offset: number;
  size: number;
}

const BLOCK = 512;
/** An archive of an image has a few members for each layer. One with more than this is something else. */
const MOST_MEMBERS = 10_000;
/** The longest text that describes the member after it, such as its long name, in bytes. */
const LONGEST_DESCRIPTION = 1024 * 1024;

/**
 * Reads where the files of a tar archive lie, by their paths, without reading their content. A link has the place of the
 * file that it leads to. Throws an Error when the file is not a whole tar archive.
 */
export async function tarMembers(file: FileHandle): Promise<Map<string, TarMember>> {
  const { size: end } = await file.stat();
  const members = new Map<string, TarMember>();
  const links = new Map<string, string>();
  let described: { path?: string; linkpath?: string; size?: number } = {};
  let count = 0;
  for (let at = 0; at + BLOCK <= end; ) {
    const block = await bytesAt(file, at, BLOCK);
    if (block.every((byte) => byte === 0)) break;
    const header = new Header(block);
    if (!header.cksumValid) throw new Error(`there is no header of a tar archive at byte ${at}`);
    if (++count > MOST_MEMBERS) throw new Error(`it has more than ${MOST_MEMBERS} members`);
    const size = described.size ?? header.size ?? 0;
    const offset = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || offset + size > end) throw new Error('it is cut off');
    at = offset + Math.ceil(size / BLOCK) * BLOCK;
    if (isDescription(header.type)) {
      if (size > LONGEST_DESCRIPTION) throw new Error(`the name of a member has ${size} bytes`);
      described = { ...described, ...descriptionOf(header.type, (await bytesAt(file, offset, size)).toString('utf8')) };
      continue;
    }
    const path = plain(described.path ?? header.path ?? '');
    const target = described.linkpath ?? header.linkpath ?? '';
    described = {};
    if (header.type === 'File' || header.type === 'OldFile' || header.type === 'ContiguousFile')
      members.set(path, { offset, size });
    else if (header.type === 'Link') links.set(path, plain(target));
    else if (header.type === 'SymbolicLink')
      links.set(path, plain(`${path.split('/').slice(0, -1).join('/')}/${target}`));
  }
  for (const [path, target] of links) {
    const found = members.get(target);
    if (found) members.set(path, found);
  }
  return members;
}

/** Reads so many bytes. Throws an Error when the file has fewer. */
export async function bytesAt(file: FileHandle, offset: number, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await file.read(buffer, 0, size, offset);
  if (bytesRead < size) throw new Error('it is cut off');
  return buffer;
}

/** A file in an archive that is read as text is small. One of more bytes than this is something else. */
const LARGEST_TEXT = 4 * 1024 * 1024;

/** Reads a small file of an archive. Throws an Error when it is not there, or large. */
export async function textOf(file: FileHandle, members: ReadonlyMap<string, TarMember>, name: string): Promise<string> {
  const member = members.get(name);
  if (member === undefined) throw new Error(`${name} is not in it`);
  if (member.size > LARGEST_TEXT) throw new Error(`${name} has ${member.size} bytes`);
  return (await bytesAt(file, member.offset, member.size)).toString('utf8');
}

const isDescription = (type: string) =>
  ['ExtendedHeader', 'GlobalExtendedHeader', 'NextFileHasLongPath', 'NextFileHasLongLinkpath'].includes(type);

function descriptionOf(type: string, text: string): { path?: string; linkpath?: string; size?: number } {
  const untilNul = text.replace(/\0.*$/s, '');
  if (type === 'NextFileHasLongPath') return { path: untilNul };
  if (type === 'NextFileHasLongLinkpath') return { linkpath: untilNul };
  if (type !== 'ExtendedHeader') return {};
  const { path, linkpath, size } = Pax.parse(text);
  return {
    ...(path === undefined ? {} : { path }),
    ...(linkpath === undefined ? {} : { linkpath }),
    ...(size === undefined ? {} : { size }),
  };
}

/** Returns a path without `.` and `..`, so that a link is found by the path of its file. */
function plain(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
