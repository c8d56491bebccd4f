import * as z from 'zod';
import { runEvent } from '../events/run-events.ts';
import { executorName, isoTime, runId } from '../names.ts';
import { progress } from '../wire/results.ts';
import { applicantView, nodeView } from './nodes.ts';
import { route } from './route.ts';

/** What the stream says. Folding the events of a run gives its state. */
export const streamMessage = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('nodes'),
      time: isoTime,
      nodes: z.array(nodeView),
      applicants: z.array(applicantView).optional(),
    })
    .describe('All nodes, and the hosts that were refused, at the beginning and when something about one has changed'),
  z
    .object({ type: z.literal('event'), time: isoTime, runId, sequence: z.number().int(), event: runEvent })
    .describe('An event of a run'),
  z
    .object({ type: z.literal('caught-up'), time: isoTime, runId: runId.nullable() })
    .describe('All stored events have been sent; what follows is live. Without a run: there is none yet'),
  z
    .object({ type: z.literal('progress'), time: isoTime, node: executorName, progress })
    .describe('Something goes on within a step'),
]);
/** See {@link streamMessage}. */
export type StreamMessage = z.infer<typeof streamMessage>;

/** The route by which a run is watched. */
export const streamRoutes = {
  stream: route({
    method: 'GET',
    path: '/v1/stream',
    summary: 'Sends the stored events of a run, then everything as it happens.',
    description:
      'Without `run` it begins with the newest run that is no dry run, and goes on with every such run that begins later.',
    auth: 'operator',
    query: z.object({ run: runId.optional().describe('The run to watch') }),
    reply: { kind: 'messages', schema: streamMessage },
    errors: [],
  }),
};
