import * as z from 'zod';
import { nodeName } from '../names.ts';
import { usageSample } from '../wire/usage.ts';
import { route } from './route.ts';

/** What is said of the nodes' use of their hosts. */
export const usageMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('usage'),
    node: nodeName,
    simulated: z.boolean().describe('true: the host is simulated, and its figures are made up'),
    sample: usageSample,
  }),
  z
    .object({ type: z.literal('no-usage'), node: nodeName, reason: z.string() })
    .describe('A node does not tell what it uses, and why; said once until it does'),
]);
/** See {@link usageMessage}. */
export type UsageMessage = z.infer<typeof usageMessage>;

const nodeList = z
  .string()
  .max(100_000)
  .refine((text) => text.split(',').every((name) => nodeName.safeParse(name).success), 'must be names of nodes: a,b');

/** The route by which the use of hosts is watched. */
export const usageRoutes = {
  usage: route({
    method: 'GET',
    path: '/v1/usage',
    summary: 'Sends what each node uses, once per second, as long as somebody listens.',
    description:
      'The agents are asked to tell it only meanwhile. What they say may be lost on the way, and nothing of it is stored.',
    auth: 'operator',
    query: z.object({
      nodes: nodeList.optional().describe('Names of nodes, with commas between them; default: every node'),
    }),
    reply: { kind: 'messages', schema: usageMessage },
    errors: [],
  }),
};
