import type { Lasting } from '@vhive/base/kubernetes/obstacles/obstacle';
import type { ActionError } from '../../kit/action.ts';
import { failedForGood } from '../../kit/failures.ts';

/** The failure of a wait that an obstacle keeps which does not go away by waiting. */
export function inVain(title: string, { line, hint, forMs }: Lasting, lastLines: string[]): ActionError {
  const seen = forMs < 1_000 ? '' : `; it has been so for ${Math.round(forMs / 1_000)} s`;
  return failedForGood(`${title} will not get there by waiting: ${line}${seen}`, { hint, lastLines });
}
