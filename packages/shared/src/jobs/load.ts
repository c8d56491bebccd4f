import * as z from 'zod';
import { loadCalls } from '../load/calls.ts';
import { loadSending } from '../load/sending.ts';
import { nodeName } from '../names.ts';

/** The most load generators of one load. */
const MOST_GENERATORS = 100;
/** All commands to generators together may be so long, characters, as they are events of one run. */
const MOST_PACKED_TOGETHER = 8 * 1024 * 1024;

/**
 * A load from several nodes: one schedule, of whose shots each node sends its share, all from the same moment on. The
 * n-th shot is sent by node `n modulo number of nodes`, so together they send what one generator would.
 */
export const loadJob = z
  .object({
    kind: z.literal('load'),
    nodes: z
      .array(nodeName)
      .min(1)
      .max(MOST_GENERATORS)
      .refine((names) => new Set(names).size === names.length, 'a node is named twice')
      .describe('The nodes that send calls, in the order of their shares.'),
    ...loadCalls.shape,
    sending: loadSending,
  })
  .refine(
    ({ nodes, sending }) => sending.from === 'rate' || nodes.length * sending.shots.length <= MOST_PACKED_TOGETHER,
    'the shots are too many for so many nodes: send them from fewer',
  );
/** See {@link loadJob}. */
export type LoadJob = z.infer<typeof loadJob>;
