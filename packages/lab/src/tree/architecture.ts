import { VhiveError } from '@vhive/shared';
import { runCommand } from './command.ts';

/** What differs between the machine types on which the mirror tree can be built. */
export interface Architecture {
  /** The name that Debian, Go and the publishers give it, such as `amd64`. */
  readonly name: string;
  /** The name that the kernel gives it, such as `x86_64`. */
  readonly machine: string;
  /** The folder of its libraries below lib and usr/lib. */
  readonly libraryFolder: string;
  /** The loader of shared libraries under the name by which programs ask for it, without the first slash. */
  readonly interpreter: string;
}

const architectures: readonly Architecture[] = [
  { name: 'amd64', machine: 'x86_64', libraryFolder: 'x86_64-linux-gnu', interpreter: 'lib64/ld-linux-x86-64.so.2' },
  { name: 'arm64', machine: 'aarch64', libraryFolder: 'aarch64-linux-gnu', interpreter: 'lib/ld-linux-aarch64.so.1' },
];

/** Returns this machine's architecture, which dpkg names. */
export async function machineArchitecture(signal?: AbortSignal): Promise<Architecture> {
  const name = await runCommand('dpkg', ['--print-architecture'], {
    purpose: "asking for the machine's architecture",
    hint: "The lab's mirror tree is made from Debian packages and needs dpkg.",
    signal,
  });
  const known = architectures.find((architecture) => architecture.name === name);
  if (known !== undefined) return known;
  throw new VhiveError({
    code: 'preflight',
    message: `The lab's mirror tree cannot be built on ${name}.`,
    hint: `Run the lab on ${architectures.map((architecture) => architecture.name).join(' or ')}.`,
  });
}
