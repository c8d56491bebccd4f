import * as z from 'zod';
import { imageOptimizeJob } from './image-optimize.ts';
import { imagePreloadJob } from './image-preload.ts';
import { imagePushJob } from './image-push.ts';
import { loadJob } from './load.ts';

/** What agents can be asked to do once, by kind. `nodes` names those that do it; none means the master. */
export const jobRequest = z.discriminatedUnion('kind', [loadJob, imageOptimizeJob, imagePushJob, imagePreloadJob]);
/** See {@link jobRequest}. */
export type JobRequest = z.infer<typeof jobRequest>;
