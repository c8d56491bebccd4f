import * as z from 'zod';
import { loadJob } from './load.ts';

/** What agents can be asked to do once, by kind. `nodes` names those that do it; none means the master. */
export const jobRequest = z.discriminatedUnion('kind', [loadJob]);
/** See {@link jobRequest}. */
export type JobRequest = z.infer<typeof jobRequest>;
