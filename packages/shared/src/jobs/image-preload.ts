import * as z from 'zod';
import { nodeName } from '../names.ts';
import { imageList } from './image-push.ts';

/** Images are on nodes before anything uses them. They are fetched from outside once for all. */
export const imagePreloadJob = z.object({
  kind: z.literal('image-preload'),
  nodes: z.array(nodeName).describe('The nodes that get them; none: the master'),
  refs: imageList,
});
/** See {@link imagePreloadJob}. */
export type ImagePreloadJob = z.infer<typeof imagePreloadJob>;
