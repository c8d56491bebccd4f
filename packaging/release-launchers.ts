import { copyFile, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The shell script that starts a program of the release. It finds the release wherever it is, also through links. A
 * minimal Debian or Ubuntu lacks one library that Node.js needs; when it is missing, the script says so itself instead
 * of leaving that to the dynamic linker. SIGUSR1 would open Node.js' inspector, through which whoever reaches its port has
 * the whole process.
 */
export function launcher(program: string): string {
  return `#!/bin/sh
here=$(dirname -- "$(readlink -f -- "$0")")
for library in /usr/lib/*/libatomic.so.1 /lib/*/libatomic.so.1 /usr/lib*/libatomic.so.1; do [ -e "$library" ] && break; done
[ -e "$library" ] || { echo "${program}: libatomic.so.1 is missing; install it: apt-get install libatomic1" >&2; exit 1; }
VHIVE_BIN_DIR=$here
export VHIVE_BIN_DIR
exec "$here/../lib/node" --disable-sigusr1 "$here/../lib/${program}.mjs" "$@"
`;
}

/**
 * Puts the Node.js that runs this program at `target`, as a hard link where the file system allows it and otherwise as
 * a copy.
 */
export async function linkNode(target: string): Promise<void> {
  const source = await stat(process.execPath);
  const present = await stat(target).catch(() => undefined);
  if (present?.size === source.size && present.mtimeMs >= source.mtimeMs) return;
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  await link(process.execPath, temporary).catch(() => copyFile(process.execPath, temporary));
  await rename(temporary, target);
}
