import * as z from 'zod';
import type { ActionContext } from '../kit/action.ts';

/** The record of how far our own `kubeadm init` or `kubeadm join` came on this host. */
const state = z.object({ state: z.enum(['started', 'finished']) }).nullable();

/** Returns how far it came; undefined when we never started one here. */
export async function kubeadmState(
  { records }: ActionContext,
  name: 'kubeadm.init' | 'kubeadm.join',
): Promise<'started' | 'finished' | undefined> {
  const parsed = state.safeParse(await records.get(name));
  return parsed.success ? parsed.data?.state : undefined;
}

/** Sets how far it came. It is written before kubeadm starts and after it ended well; null is written after a reset. */
export async function setKubeadmState(
  { records }: ActionContext,
  name: 'kubeadm.init' | 'kubeadm.join',
  value: 'started' | 'finished' | null,
): Promise<void> {
  await records.set(name, value === null ? null : { state: value });
}
