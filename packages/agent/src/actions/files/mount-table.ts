import type { Host } from '../../host/host.ts';

/** Undoes the octal escapes of /proc/self/mountinfo, which stand for space, tab, newline and backslash. */
const unescaped = (path: string) =>
  path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Tells whether a path is on a mount that is read-only, as /proc/sys is in containers. */
export async function isMountedReadOnly(host: Host, path: string): Promise<boolean> {
  const table = (await host.readFile('/proc/self/mountinfo'))?.toString() ?? '';
  let best = { length: -1, readOnly: false };
  for (const line of table.split('\n')) {
    // The columns of mountinfo are: id, parent, device, root, mount point, mount options, ... (proc(5))
    const [, , , , point, options] = line.split(' ');
    if (point === undefined || options === undefined) continue;
    const mount = unescaped(point);
    const covers = mount === '/' || path === mount || path.startsWith(`${mount}/`);
    // A later line hides an earlier one with the same mount point.
    if (covers && mount.length >= best.length)
      best = { length: mount.length, readOnly: options.split(',').includes('ro') };
  }
  return best.readOnly;
}
