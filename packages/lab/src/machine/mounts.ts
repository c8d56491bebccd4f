import { readFile } from 'node:fs/promises';
import { runTool } from './command.ts';

/** The parts that the lab needs of a line of /proc/self/mountinfo (proc(5)). */
export interface Mount {
  /** The part of the file system that is seen at this mount. */
  root: string;
  target: string;
  type: string;
  /** The options of the file system, such as the controllers of a cgroup hierarchy. */
  superOptions: string[];
}

/** Reads the text of a mountinfo file. */
export function parseMountInfo(text: string): Mount[] {
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) => {
    const [left = '', right = ''] = line.split(' - ', 2);
    const [, , , root = '', target = ''] = left.split(' ');
    const [type = '', , superOptions = ''] = right.split(' ');
    return { root: unescapeOctal(root), target: unescapeOctal(target), type, superOptions: superOptions.split(',') };
  });
}

/** Undoes the octal numbers that stand for spaces, tabs, newlines and backslashes in mountinfo. */
function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Returns the mounts that this process sees, in the order in which they were made. */
export async function currentMounts(): Promise<Mount[]> {
  return parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Returns the mount points at `directory` and below it, in the order in which they were made. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const targets = (await currentMounts()).map((mount) => mount.target);
  return targets.filter((target) => target === directory || target.startsWith(`${directory}/`));
}

/**
 * Unmounts everything at and below a directory, the newest mount first. A mount that is busy disappears when its last
 * user ends.
 */
export async function unmountBelow(directory: string): Promise<void> {
  for (const target of (await mountsBelow(directory)).reverse()) {
    await runTool(['umount', '--lazy', target], { doing: `unmounting ${target}` });
  }
}
