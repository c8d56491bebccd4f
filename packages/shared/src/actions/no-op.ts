import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { noOutputs } from './fields.ts';

/** `no-op` */
export const noOp = defineAction({
  description: 'Nothing, successfully: for measuring what orchestration itself costs.',
  params: z.object({}),
  outputs: noOutputs,
  timeLimitMs: minutes(1),
});
