import * as z from 'zod';
import { nodeName } from '../names.ts';

export const loadJob = z.object({ kind: z.literal('load'), nodes: z.array(nodeName) });
export type LoadJob = z.infer<typeof loadJob>;
