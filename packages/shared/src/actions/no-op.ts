import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { noOutputs } from './fields.ts';

/** `no-op`. */
export const noOp = defineAction({
  description: 'Nothing is done, which always succeeds. It serves to measure what orchestration itself costs.',
  params: z.object({}),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});
