import * as z from 'zod';
import { defineAction, minutes } from './define.ts';
import { finding } from './preflight.ts';

/** `inspect.host` */
export const inspectHost = defineAction({
  description:
    'A last look at a host, which changes nothing: its services run and stay up, KVM opens, the thin pool and the root file system have room. Fails with every error at once.',
  params: z.object({
    units: z.array(z.string()).describe('Services that must be active'),
    needsKvm: z.boolean(),
    thinPool: z.string().nullable().describe('Name of the pool whose filling is looked at'),
    minFreePercent: z.number().min(0).max(100).default(15).describe('Below it the kubelet evicts pods'),
  }),
  outputs: z.object({ findings: z.array(finding) }),
  timeLimitMs: minutes(1),
});
