import * as z from 'zod';
import type { ActionContext } from '../kit/action.ts';

/** How far our own `kubeadm init` or `join` on this host came. */
const state = z.object({ state: z.enum(['started', 'finished']) }).nullable();

/** undefined: we never started one here. */
export async function kubeadmState(
  { records }: ActionContext,
  name: 'kubeadm.init' | 'kubeadm.join',
): Promise<'started' | 'finished' | undefined> {
  const parsed = state.safeParse(await records.get(name));
  return parsed.success ? parsed.data?.state : undefined;
}

/** Written before kubeadm starts and after it ended well; null after a reset. */
export async function setKubeadmState(
  { records }: ActionContext,
  name: 'kubeadm.init' | 'kubeadm.join',
  value: 'started' | 'finished' | null,
): Promise<void> {
  await records.set(name, value === null ? null : { state: value });
}
