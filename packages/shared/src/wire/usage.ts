import * as z from 'zod';
import { isoTime } from '../names.ts';

/** An agent that is asked to tell what its host uses does so this often, in milliseconds. */
export const USAGE_INTERVAL_MS = 1_000;

/** The longest time for which an agent may be asked to tell what its host uses, in seconds. It is asked again meanwhile. */
export const LONGEST_USAGE_LEASE_SECONDS = 60;

/** So many pods of one host are told of at most; Kubernetes allows 110 of them unless it is told otherwise. */
export const MOST_PODS_TOLD = 600;

const bytes = z.number().int().nonnegative();
const perSecond = z.number().nonnegative().describe('The mean since the sample before');

/** What a pod uses, which is known by its UID. */
const podUsage = z.object({
  uid: z.string().regex(/^[0-9a-f-]{1,64}$/, 'must be the UID of a pod'),
  cpuCores: perSecond,
  memoryBytes: bytes,
});

/** What a host uses, as its agent tells it while somebody listens. Such a message may be lost, and is stored nowhere. */
export const usageSample = z.object({
  type: z.literal('usage'),
  at: isoTime.describe("By the coordinator's clock, as far as the agent knows how far its own is off"),
  seconds: z.number().positive().describe('The time since the sample before, of which means are taken'),
  cpuCores: perSecond.describe('Cores in use, the mean since the sample before'),
  cpus: z.number().int().positive().describe('Cores of the host'),
  agentCores: perSecond.describe('What of it the agent and its programs took, a load that it sends included'),
  memoryBytes: bytes.describe('The working set: memory in use, without files that can be read again'),
  memoryTotalBytes: bytes,
  network: z
    .object({
      interface: z.string().max(64).describe('The interface that has the address of the node'),
      receivedBytes: bytes.describe('Since the interface came up'),
      sentBytes: bytes.describe('Since the interface came up'),
      receivedPerSecond: perSecond,
      sentPerSecond: perSecond,
    })
    .optional()
    .describe('Absent where no interface has the address of the node'),
  disk: z
    .object({ readBytes: bytes, writtenBytes: bytes })
    .optional()
    .describe('Of all disks of the machine, since it started; absent where it shows none'),
  pods: z.array(podUsage).max(MOST_PODS_TOLD),
});
/** See {@link usageSample}. */
export type UsageSample = z.infer<typeof usageSample>;
