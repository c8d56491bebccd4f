import { join } from 'node:path';

/** The packages of the programs that run on the machine for its emulated hosts. They are unpacked and not installed. */
export const emulatorPackages = ['qemu-system-x86', 'qemu-utils', 'openssh-client', 'busybox-static'] as const;

const libraries = ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'];

/**
 * Returns the beginning of a command line that runs a program of the unpacked packages with the libraries of the same
 * packages, so that nothing of the machine's own Debian release matters.
 *
 * @param tools the root of the unpacked packages
 * @param program the program's path in it, such as `usr/bin/qemu-img`
 */
export function unpackedProgram(tools: string, program: string): [string, ...string[]] {
  const path = libraries.map((folder) => join(tools, folder)).join(':');
  const loader = join(tools, 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2');
  return [loader, '--inhibit-cache', '--library-path', path, join(tools, program)];
}

/** Returns the variables that tell the unpacked qemu where its modules are. Software emulation is one of them. */
export function emulatorVariables(tools: string): Record<string, string> {
  return { QEMU_MODULE_DIR: join(tools, 'usr/lib/x86_64-linux-gnu/qemu') };
}

/** Returns the directories in which qemu looks for its firmware. */
export function firmwareDirectories(tools: string): string[] {
  return ['usr/share/qemu', 'usr/share/seabios', 'usr/lib/ipxe/qemu'].map((folder) => join(tools, folder));
}
