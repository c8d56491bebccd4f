import * as z from 'zod';

/**
 * What became of something that an agent said: it is stored; it is of no use (`stale`: its run or attempt is over);
 * it speaks of steps that are not the agent's (`foreign`); or it cannot be read. Whatever it is, it need not be sent
 * again.
 */
export const receiptOutcome = z.enum(['stored', 'stale', 'foreign', 'unreadable']);
/** See {@link receiptOutcome}. */
export type ReceiptOutcome = z.infer<typeof receiptOutcome>;

/**
 * The coordinator's answer to a result or to a batch of output. An agent that gets none sends the same message again,
 * under the same id.
 */
export const receipt = z.object({ type: z.literal('receipt'), outcome: receiptOutcome });
/** See {@link receipt}. */
export type Receipt = z.infer<typeof receipt>;
