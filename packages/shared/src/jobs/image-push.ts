import * as z from 'zod';
import { fullReference, imagePlatform, registryAccess } from '../actions/images.ts';
import { readImageReference } from '../image-reference.ts';
import { nodeName } from '../names.ts';

/** Whether a text is the address of a registry, with a folder there or without. */
export function isRegistry(text: string): boolean {
  return readImageReference(`${text}/image`)?.registry === text.split('/')[0];
}

/** So many images one job takes at most. */
const MOST_IMAGES = 1_000;

/** Images from anywhere. */
export const imageList = z.array(fullReference).min(1).max(MOST_IMAGES);

/** Images from elsewhere are put into a registry, by default the one in the cluster. */
export const imagePushJob = z.object({
  kind: z.literal('image-push'),
  nodes: z.array(nodeName).max(1).describe('The node that does it; none: the master'),
  refs: imageList,
  registry: z
    .string()
    .refine(isRegistry, 'must be the address of a registry, such as 10.0.0.9:5000 or ghcr.io/me')
    .optional()
    .describe('The registry, with a folder there or without: `10.0.0.9:5000/mine`; absent: the one in the cluster'),
  platform: imagePlatform.optional().describe('The platform; absent: that of the node'),
  ...registryAccess,
});
/** See {@link imagePushJob}. */
export type ImagePushJob = z.infer<typeof imagePushJob>;
