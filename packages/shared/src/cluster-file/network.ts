import * as z from 'zod';
import { cidr } from './fields.ts';

/** `network`: the network of pods and services. */
export const networkSection = z.strictObject({
  plugin: z
    .enum(['calico', 'bridge'])
    .default('calico')
    .describe(
      'The pod network: calico, or bridge with host-local addresses and routes between the nodes (for one LAN, labs and air gaps)',
    ),
  podCidr: cidr.default('10.244.0.0/16').describe('The addresses of pods; each node gets a part of them'),
  nodePrefix: z
    .number()
    .int()
    .min(16)
    .max(28)
    .optional()
    .describe("The prefix length of a node's part of podCidr; default: 24, or as short as kubernetes.maxPods needs"),
  serviceCidr: cidr.default('10.96.0.0/16').describe('The addresses of services'),
});
