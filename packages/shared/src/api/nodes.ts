import * as z from 'zod';
import { isoTime, nodeName } from '../names.ts';
import { facts } from '../wire/facts.ts';
import { route } from './route.ts';

/** A node as operators see it. */
export const nodeView = z.object({
  name: nodeName,
  status: z
    .enum(['pending', 'reachable', 'unreachable'])
    .describe('pending: it has enrolled without a token and waits for approval'),
  address: z.string().describe('Its address on the chosen LAN, or else the one that it enrolled from'),
  enrolledAt: isoTime,
  lastSeen: isoTime.nullable(),
  agentVersion: z.string(),
  load: z.tuple([z.number(), z.number(), z.number()]).nullable().describe('Load averages of 1, 5 and 15 minutes'),
  clockOffsetMs: z.number().nullable().describe("How far its clock is ahead of the coordinator's, milliseconds"),
  outbox: z.number().int().describe('Results that the agent has not delivered yet'),
  rejected: z
    .record(z.string(), z.number())
    .describe(
      'Messages that were dropped, by reason; with the prefix `coordinator.` those that the coordinator dropped',
    ),
  sealingKey: z.string().describe('Public curve key: secrets for this node are sealed with it'),
  local: z.boolean().describe("true: its host is the coordinator's own"),
  facts,
});
/** See {@link nodeView}. */
export type NodeView = z.infer<typeof nodeView>;

const named = z.object({ name: nodeName });

/** The routes about nodes. */
export const nodeRoutes = {
  nodes: route({
    ...{ method: 'GET', path: '/v1/nodes', auth: 'operator' },
    summary: 'Lists all nodes that have enrolled.',
    reply: { kind: 'json', schema: z.array(nodeView) },
    errors: [],
  }),
  approveNode: route({
    ...{ method: 'POST', path: '/v1/nodes/:name/approve', auth: 'operator' },
    summary: 'Lets in a node that enrolled without a token.',
    params: named,
    reply: { kind: 'json', schema: nodeView },
    errors: [],
  }),
  removeNode: route({
    ...{ method: 'DELETE', path: '/v1/nodes/:name', auth: 'operator' },
    summary: 'Forgets a node: its agent is told to leave and its credentials are revoked.',
    params: named,
    reply: { kind: 'nothing' },
    errors: [],
  }),
};
