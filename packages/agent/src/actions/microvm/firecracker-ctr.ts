import type { Params } from '@vhive/shared';
import type { CommandOptions, CommandResult } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';

/** containerd's namespace of the trial, so that nothing of vHive's own is touched. */
const NAMESPACE = 'vhive-smoke';
/** Id of the trial's container. */
export const CONTAINER = 'vhive-microvm-boot';
/** For each command that removes something, also after an abort. Milliseconds. */
const REMOVAL_LIMIT_MS = 3_000;

type BootParams = Params<'microvm.boot'>;

/** Where firecracker-containerd says what went wrong, the console of microVMs included. */
export const DAEMON_HINT = 'journalctl -u firecracker-containerd -n 100';

/** Runs firecracker-ctr, which is built with firecracker-containerd and fits it, unlike containerd's own ctr. */
export function firecrackerCtr(
  { socket }: BootParams,
  { host }: ActionContext,
  args: readonly string[],
  options: CommandOptions,
) {
  return host.run(['firecracker-ctr', '--address', socket, '--namespace', NAMESPACE, ...args], options);
}

/** Removes what a trial leaves: its microVM, container and image. What is not there need not be removed. */
export async function removeAll(params: BootParams, context: ActionContext): Promise<void> {
  // With a limit of its own: an aborted step must leave no microVM behind either.
  for (const args of [
    ['tasks', 'rm', '--force', CONTAINER],
    ['containers', 'rm', CONTAINER],
    ['images', 'rm', '--sync', params.image],
  ])
    await firecrackerCtr(params, context, args, { signal: AbortSignal.timeout(REMOVAL_LIMIT_MS) }).catch(
      () => undefined,
    );
}

/** What to look at, from what firecracker-ctr says; undefined: nothing in particular. */
export function hintOf({ stdout, stderr }: CommandResult): string | undefined {
  const text = `${stdout}\n${stderr}`;
  if (/\/dev\/kvm|KVM/.test(text))
    return 'is there a /dev/kvm that works? ls -l /dev/kvm; in a virtual machine, nesting must be on';
  if (/thin.?pool|devmapper|dm_task|dmsetup/i.test(text)) return 'is the thin pool well? dmsetup status';
  if (/no space left/.test(text)) return 'make room: df -h /var/lib/firecracker-containerd; dmsetup status';
  return undefined;
}
