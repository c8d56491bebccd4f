import * as z from 'zod';
import type { ActionContext } from '../kit/action.ts';

/** The record of how far our own `kubeadm init` or `kubeadm join` came on this host. */
const record = z.object({
  state: z.enum(['started', 'finished']),
  /** The hash of the cluster's CA as {@link caCertHash} gives it; null while it is not known. */
  ca: z.string().nullable().default(null),
});
/** See {@link record}. */
export type KubeadmRecord = z.output<typeof record>;

type RecordName = 'kubeadm.init' | 'kubeadm.join';

/** Returns the record of our own init or join; undefined when we never started one here. */
export async function kubeadmRecord(
  { records }: Pick<ActionContext, 'records'>,
  name: RecordName,
): Promise<KubeadmRecord | undefined> {
  const parsed = record.safeParse(await records.get(name));
  return parsed.success ? parsed.data : undefined;
}

/** Returns how far it came; undefined when we never started one here. */
export async function kubeadmState(
  context: Pick<ActionContext, 'records'>,
  name: RecordName,
): Promise<KubeadmRecord['state'] | undefined> {
  return (await kubeadmRecord(context, name))?.state;
}

/** Sets how far it came. It is written before kubeadm starts and after it ended well; null is written after a reset. */
export async function setKubeadmRecord(
  { records }: Pick<ActionContext, 'records'>,
  name: RecordName,
  value: KubeadmRecord | null,
): Promise<void> {
  await records.set(name, value);
}
