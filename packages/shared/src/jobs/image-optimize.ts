import * as z from 'zod';
import { fullReference, imagePlatform, registryAccess } from '../actions/images.ts';
import { nodeName } from '../names.ts';

/** An image becomes an eStargz image on a node, and is pushed to its registry. */
export const imageOptimizeJob = z.object({
  kind: z.literal('image-optimize'),
  nodes: z.array(nodeName).max(1).describe('The node that does it; none: the master'),
  ref: fullReference,
  target: fullReference.describe('The full reference that the eStargz image gets'),
  platform: imagePlatform.optional().describe('The platform; absent: that of the node'),
  push: z.boolean().default(true).describe('false: it stays on the node'),
  ...registryAccess,
});
/** See {@link imageOptimizeJob}. */
export type ImageOptimizeJob = z.infer<typeof imageOptimizeJob>;
