import type { Params } from '@vhive/shared';
import type { CommandResult, Host } from '../../host/host.ts';
import { commandFailed } from '../kit/failures.ts';

/** What was found under the name of a pool, in the words of `dmsetup` and `losetup`. */
export type FoundPool =
  | { state: 'no-program' }
  /** The kernel, or this container, has no device mapper. `words` are those of dmsetup. */
  | { state: 'no-driver'; words: string }
  | { state: 'absent' }
  | {
      state: 'there';
      /** The lines that `dmsetup status` and `dmsetup table` print. */
      status: string;
      table: string;
      /** The loop devices of the pool's files as "major:minor"; undefined where a file has none. */
      devices: { metadata: string | undefined; data: string | undefined };
    };

const NO_DRIVER = /Failure to communicate with kernel device-mapper driver|device-mapper driver.*not available/i;
const ABSENT = /does not exist|not found/i;

/** Tells why `dmsetup status NAME` failed; undefined when the reason is not known. */
export function whyNoStatus(result: CommandResult): FoundPool | undefined {
  if (result.exitCode === 127) return { state: 'no-program' };
  const words = result.stderr.trim();
  if (NO_DRIVER.test(words)) return { state: 'no-driver', words: words.split('\n')[0] ?? words };
  return ABSENT.test(words) ? { state: 'absent' } : undefined;
}

async function loopDevice(host: Host, file: string, signal: AbortSignal): Promise<string | undefined> {
  const result = await host.run(['losetup', '-l', '-n', '-O', 'NAME,MAJ:MIN', '-j', file], { signal });
  return /^\S+\s+(\d+:\d+)\s*$/m.exec(result.stdout)?.[1];
}

/** Asks the device mapper about the pool and changes nothing. */
export async function lookAtPool(
  { name, directory }: Params<'thin-pool'>,
  host: Host,
  signal: AbortSignal,
): Promise<FoundPool> {
  const status = await host.run(['dmsetup', 'status', name], { signal });
  if (status.exitCode !== 0) {
    const found = whyNoStatus(status);
    if (found === undefined) throw commandFailed(`dmsetup status ${name}`, status);
    return found;
  }
  const table = await host.run(['dmsetup', 'table', name], { signal });
  if (table.exitCode !== 0) throw commandFailed(`dmsetup table ${name}`, table);
  return {
    state: 'there',
    status: status.stdout.trim(),
    table: table.stdout.trim(),
    devices: {
      metadata: await loopDevice(host, `${directory}/metadata`, signal),
      data: await loopDevice(host, `${directory}/data`, signal),
    },
  };
}
