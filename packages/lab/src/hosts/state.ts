import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { VhiveError } from '@vhive/shared';
import * as z from 'zod';

const processIdentity = z.object({ pid: z.int(), startTime: z.int() });

const hostState = z.object({
  name: z.string(),
  /** What the host is. State files of before there was a choice do not say it. */
  kind: z.enum(['container', 'emulated']).default('container'),
  address: z.string(),
  /** The supervisor. It is absent between the making of the host and its first boot. */
  supervisor: processIdentity.optional(),
  /** The host's own directory in every cgroup hierarchy. */
  cgroups: z.array(z.string()),
});

const labState = z.object({
  version: z.literal(1),
  /** The lab's network, such as 10.77.0.0/24. */
  subnet: z.string(),
  binds: z.array(z.object({ source: z.string(), target: z.string(), readOnly: z.boolean() })),
  hosts: z.array(hostState),
});

/** What the state file holds about one host. */
export type LabHostState = z.infer<typeof hostState>;
/** What the state file holds about a lab. */
export type LabState = z.infer<typeof labState>;

/**
 * Reads the state file; undefined when there is no lab. Throws a VhiveError when the file is damaged or not one of the
 * lab's.
 */
export async function readLabState(file: string): Promise<LabState | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return labState.parse(JSON.parse(text));
  } catch (error) {
    throw new VhiveError({
      code: 'preflight',
      message: `The lab's state file ${file} cannot be read: ${error}`,
      hint: 'vhive-coord lab down removes the lab all the same; then make a new one.',
      cause: error,
    });
  }
}

/** Replaces the state file at once. Readers see the old or the new file, and so does the next boot of the machine. */
export async function writeLabState(file: string, state: LabState): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(state, undefined, 2)}\n`);
}
