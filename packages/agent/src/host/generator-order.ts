import type { Target } from '@vhive/base/load/caller';
import type { Failure, LoadCalls, LoadProgress, LoadSending, LoadShare, LoadTotals } from '@vhive/shared';

/** The first word to the agent's program that makes it a load generator. */
export const GENERATE_LOAD = 'generate-load';

/** What a load generator is to send. */
export interface GeneratorOrder {
  calls: Pick<LoadCalls, 'protocol' | 'connections' | 'path' | 'timeoutMs' | 'mostInFlight'>;
  /** The endpoints, and where they are called. */
  targets: readonly Target[];
  sending: LoadSending;
  share: LoadShare;
  /** When the load begins, milliseconds since 1970 by the clock of this host. */
  startAt: number;
  /** The file of what becomes of each call. */
  results: string;
}

/** What a generator says to the agent: that it can take its order, how it goes, and at its end how it went or why it did not. */
export type GeneratorWord =
  | { type: 'ready' }
  | { type: 'progress'; progress: LoadProgress }
  | { type: 'done'; totals: LoadTotals }
  | { type: 'failed'; failure: Failure };
