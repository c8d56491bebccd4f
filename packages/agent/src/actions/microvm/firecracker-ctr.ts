import type { Params } from '@vhive/shared';
import type { CommandOptions, CommandResult } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';

/** The containerd namespace of the trial, which is its own so that nothing of vHive is touched. */
const NAMESPACE = 'vhive-smoke';
/** The id of the trial's container. */
export const CONTAINER = 'vhive-microvm-boot';
/** The time limit in milliseconds for each command that removes something, also after an abort. */
const REMOVAL_LIMIT_MS = 3_000;

type BootParams = Params<'microvm.boot'>;

/** The hint that shows where firecracker-containerd says what went wrong. Its log includes the console of microVMs. */
export const DAEMON_HINT = 'journalctl -u firecracker-containerd -n 100';

/** Runs firecracker-ctr. It is built together with firecracker-containerd and fits it, unlike containerd's own ctr. */
export function firecrackerCtr(
  { socket }: BootParams,
  { host }: ActionContext,
  args: readonly string[],
  options: CommandOptions,
) {
  return host.run(['firecracker-ctr', '--address', socket, '--namespace', NAMESPACE, ...args], options);
}

/**
 * Removes what a trial leaves: its microVM, container and image. It is not an error when one of them does not exist.
 */
export async function removeAll(params: BootParams, context: ActionContext): Promise<void> {
  // The commands have a time limit of their own instead of the step's signal, because an aborted step must not leave a
  // microVM behind either.
  for (const args of [
    ['tasks', 'rm', '--force', CONTAINER],
    ['containers', 'rm', CONTAINER],
    ['images', 'rm', '--sync', params.image],
  ])
    await firecrackerCtr(params, context, args, { signal: AbortSignal.timeout(REMOVAL_LIMIT_MS) }).catch(
      () => undefined,
    );
}

/** Tells where to look, judged by what firecracker-ctr printed; undefined when that says nothing in particular. */
export function hintOf({ stdout, stderr }: CommandResult): string | undefined {
  const text = `${stdout}\n${stderr}`;
  if (/\/dev\/kvm|KVM/.test(text))
    return 'is there a /dev/kvm that works? ls -l /dev/kvm; in a virtual machine, nesting must be on';
  if (/thin.?pool|devmapper|dm_task|dmsetup/i.test(text)) return 'is the thin pool well? dmsetup status';
  if (/no space left/.test(text)) return 'make room: df -h /var/lib/firecracker-containerd; dmsetup status';
  return undefined;
}
