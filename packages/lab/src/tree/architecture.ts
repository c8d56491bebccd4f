import { VhiveError } from '@vhive/shared';
import { runCommand } from './command.ts';

/** What differs between the machine types the mirror can be built on. */
export interface Architecture {
  /** Debian's, Go's and the publishers' name of it: `amd64`. */
  readonly name: string;
  /** The kernel's name of it: `x86_64`. */
  readonly machine: string;
  /** Folder of its libraries below lib and usr/lib. */
  readonly libraryFolder: string;
  /** The loader of shared libraries under the name that programs ask for, without the first slash. */
  readonly interpreter: string;
}

const architectures: readonly Architecture[] = [
  { name: 'amd64', machine: 'x86_64', libraryFolder: 'x86_64-linux-gnu', interpreter: 'lib64/ld-linux-x86-64.so.2' },
  { name: 'arm64', machine: 'aarch64', libraryFolder: 'aarch64-linux-gnu', interpreter: 'lib/ld-linux-aarch64.so.1' },
];

/** This machine's architecture, as dpkg names it. */
export async function machineArchitecture(signal?: AbortSignal): Promise<Architecture> {
  const name = await runCommand('dpkg', ['--print-architecture'], {
    purpose: "asking for the machine's architecture",
    hint: 'The lab mirror is made from Debian packages and needs dpkg.',
    signal,
  });
  const known = architectures.find((architecture) => architecture.name === name);
  if (known !== undefined) return known;
  throw new VhiveError({
    code: 'preflight',
    message: `The lab mirror cannot be built on ${name}.`,
    hint: `Run the lab on ${architectures.map((architecture) => architecture.name).join(' or ')}.`,
  });
}
