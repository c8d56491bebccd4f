import * as z from 'zod';
import { jobRequest } from '../jobs/index.ts';
import { runId, sha256 } from '../names.ts';
import { route } from './route.ts';

const jobFileNamed = z.object({
  id: runId,
  sha256: sha256.describe('SHA-256 of the content, which is in the outputs of the step that published it'),
});

/** The routes about jobs: what agents are asked to do once, outside of bringing up the cluster. */
export const jobRoutes = {
  startJob: route({
    method: 'POST',
    path: '/v1/jobs',
    summary: 'Has agents do something once, such as sending a load.',
    description:
      'A job is a run: its events, output and progress are those of a run, and it is ended like one. But it takes no ' +
      "run's place: `up`, `retry` and the newest run that is shown do not know of it.",
    auth: 'operator',
    body: z.object({ job: jobRequest }),
    reply: { kind: 'json', schema: z.object({ runId }) },
    errors: ['refused', 'unreachable'],
  }),
  jobFile: route({
    method: 'GET',
    path: '/v1/runs/:id/files/:sha256',
    summary: 'Sends a file that a step of a job has published.',
    auth: 'operator',
    params: jobFileNamed,
    reply: { kind: 'file', statuses: { 200: 'The whole file.' } },
    errors: [],
  }),
  removeJobFile: route({
    method: 'DELETE',
    path: '/v1/runs/:id/files/:sha256',
    summary: 'Removes a file that a step of a job has published, and that is not needed any more.',
    auth: 'operator',
    params: jobFileNamed,
    reply: { kind: 'nothing' },
    errors: [],
  }),
};
