import type { Action } from './kit/action.ts';

/** The action `no-op`, whose contract says what it does. */
export const noOp: Action<'no-op'> = {
  check: async () => ({ converged: true, outputs: {} }),
  apply: async () => undefined,
};
