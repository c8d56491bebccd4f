import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { finding } from './preflight.ts';

/** `inspect.host`. */
export const inspectHost = defineAction({
  description:
    'A host is well at the end of a run: its services run and stay up, KVM opens, and the thin pool and the root file system have room. This only looks and changes nothing; it fails with every error at once.',
  params: z.object({
    units: z.array(z.string()).describe('The services that must be active'),
    needsKvm: z.boolean(),
    thinPool: z
      .string()
      .nullable()
      .describe('The name of the thin pool whose use is looked at; null where the host has none'),
    minFreePercent: z
      .number()
      .min(0)
      .max(100)
      .default(15)
      .describe('The free space of the root file system, in percent, below which the kubelet evicts pods'),
  }),
  outputs: z.object({ findings: z.array(finding) }),
  timeLimitMs: minutes(1),
});
