import { readFile } from 'node:fs/promises';
import { runTool } from './command.ts';

/** A line of /proc/self/mountinfo, of what the lab needs of it (proc(5)). */
export interface Mount {
  /** The part of the file system that is seen here. */
  root: string;
  target: string;
  type: string;
  /** Options of the file system, such as the controllers of a cgroup hierarchy. */
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

/** Spaces, tabs, newlines and backslashes stand in mountinfo as octal numbers. */
function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The mounts this process sees, in the order they were made. */
export async function currentMounts(): Promise<Mount[]> {
  return parseMountInfo(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** The mount points at `directory` and below it, in the order they were made. */
export async function mountsBelow(directory: string): Promise<string[]> {
  const targets = (await currentMounts()).map((mount) => mount.target);
  return targets.filter((target) => target === directory || target.startsWith(`${directory}/`));
}

/** Unmounts everything at and below a directory, newest first; what is busy goes when its last user ends. */
export async function unmountBelow(directory: string): Promise<void> {
  for (const target of (await mountsBelow(directory)).reverse()) {
    await runTool(['umount', '--lazy', target], { doing: `unmounting ${target}` });
  }
}
