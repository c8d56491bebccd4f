import type { Host } from '../../host/host.ts';
import { failedForGood } from './failures.ts';
import { firstDifference } from './text-difference.ts';

/** A file as it should be. Every action that writes a file is built on it. */
export interface ManagedFile {
  path: string;
  content: string;
  mode: string;
  owner: string;
  group: string;
  /** Whether the content is secret and must never be shown. */
  secret?: boolean;
}

/** Makes a configuration file that belongs to root and has mode 0644. */
export function rootFile(path: string, content: string): ManagedFile {
  return { path, content, mode: '0644', owner: 'root', group: 'root' };
}

/** Tells what differs from the file as it should be, one line each; an empty list when nothing does. */
export async function fileChanges(host: Host, file: ManagedFile): Promise<string[]> {
  const status = await host.stat(file.path);
  if (status === undefined) return [`${file.path}: is made (${Buffer.byteLength(file.content)} bytes)`];
  if (status.type === 'directory')
    throw failedForGood(`${file.path} is a directory where a file should be`, {
      hint: `look at what it is, then remove it: rm -r ${file.path}`,
    });
  if (status.type !== 'file') return [`${file.path}: a ${status.type} is replaced by a file`];
  const changes: string[] = [];
  const content = await host.readFile(file.path);
  if (content === undefined || !content.equals(Buffer.from(file.content)))
    changes.push(
      file.secret
        ? `${file.path}: content differs (secret)`
        : `${file.path}: ${firstDifference(content?.toString() ?? '', file.content)}`,
    );
  return [...changes, ...attributeChanges(file.path, status, file)];
}

/** Tells the differences of mode, owner and group, one line each. */
export function attributeChanges(
  path: string,
  now: { mode: string; owner: string; group: string },
  wanted: { mode: string; owner: string; group: string },
): string[] {
  return (['mode', 'owner', 'group'] as const)
    .filter((attribute) => now[attribute] !== wanted[attribute])
    .map((attribute) => `${path}: ${attribute} ${now[attribute]} becomes ${wanted[attribute]}`);
}

/** Writes the file if anything differs. Returns whether it was written. */
export async function ensureFile(host: Host, file: ManagedFile): Promise<boolean> {
  if ((await fileChanges(host, file)).length === 0) return false;
  await host.writeFile(file.path, file.content, { mode: file.mode, owner: file.owner, group: file.group });
  return true;
}
