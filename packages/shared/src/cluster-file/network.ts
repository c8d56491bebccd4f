import * as z from 'zod';
import { cidr } from './fields.ts';

/** `network`: pods and services. */
export const networkSection = z.strictObject({
  plugin: z
    .enum(['calico', 'bridge'])
    .default('calico')
    .describe('calico, or bridge with host-local addresses and routes between nodes (one LAN, labs, air gaps)'),
  podCidr: cidr.default('10.244.0.0/16').describe('Addresses of pods; each node gets a part of it'),
  nodePrefix: z
    .number()
    .int()
    .min(16)
    .max(28)
    .optional()
    .describe("Prefix length of a node's part of podCidr; default: 24, or as short as kubernetes.maxPods needs"),
  serviceCidr: cidr.default('10.96.0.0/16').describe('Addresses of services'),
});
