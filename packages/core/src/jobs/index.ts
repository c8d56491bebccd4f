import type { JobRequest } from '@vhive/shared';
import { planImageOptimize } from './image-optimize.ts';
import { planImagePreload } from './image-preload.ts';
import { planImagePush } from './image-push.ts';
import type { JobContext, PlannedJob } from './job.ts';
import { planLoad } from './load.ts';

/** What plans the jobs of each kind. */
const planners: {
  [K in JobRequest['kind']]: (job: Extract<JobRequest, { kind: K }>, context: JobContext) => PlannedJob;
} = {
  load: planLoad,
  'image-optimize': planImageOptimize,
  'image-push': planImagePush,
  'image-preload': planImagePreload,
};

/** Makes the plan of a job. Throws codes `usage` and `refused`, which say what is missing. */
export function planOfJob(job: JobRequest, context: JobContext): PlannedJob {
  // Which planner takes which request is checked above, in the type of the table.
  const planner = planners[job.kind] as (job: JobRequest, context: JobContext) => PlannedJob;
  return planner(job, context);
}
