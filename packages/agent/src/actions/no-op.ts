import type { Action } from './kit/action.ts';

/** `no-op` */
export const noOp: Action<'no-op'> = {
  check: async () => ({ converged: true, outputs: {} }),
  apply: async () => undefined,
};
