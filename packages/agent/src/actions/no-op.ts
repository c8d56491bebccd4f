import type { Action } from './action.ts';

/** `no-op` */
export const noOp: Action<'no-op'> = {
  check: async () => ({ converged: true, outputs: {} }),
  apply: async () => undefined,
};
