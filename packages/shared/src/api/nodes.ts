import * as z from 'zod';
import { isoTime, nodeName } from '../names.ts';
import { facts } from '../wire/facts.ts';
import { route } from './route.ts';

/** The fingerprint of an agent's public user nkey: the first 16 hex digits of its SHA-256. */
export const keyFingerprint = z.string().regex(/^[0-9a-f]{16}$/, 'must be the 16 hex digits of a key fingerprint');

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
  key: keyFingerprint.describe('Fingerprint of the key with which it proves who it is; its agent shows the same'),
  local: z.boolean().describe("true: its host is the coordinator's own"),
  facts,
});
/** See {@link nodeView}. */
export type NodeView = z.infer<typeof nodeView>;

/** A host that asked to be let in, was refused, and goes on asking. */
export const applicantView = z.object({
  node: nodeName.describe('The name that it asks for'),
  key: keyFingerprint,
  address: z.string().describe('The address from which it asks'),
  hostname: z.string().describe('The name that it gives to itself'),
  askedAt: isoTime.describe('When it asked last'),
  approvable: z.boolean().describe('true: approving its key lets it in, in the place of the node of that name'),
  message: z.string().describe('Why it was refused'),
  hint: z.string().describe('What an operator can do'),
});
/** See {@link applicantView}. */
export type ApplicantView = z.infer<typeof applicantView>;

const named = z.object({ name: nodeName });

/** The routes about nodes. */
export const nodeRoutes = {
  nodes: route({
    ...{ method: 'GET', path: '/v1/nodes', auth: 'operator' },
    summary: 'Lists all nodes that have enrolled.',
    reply: { kind: 'json', schema: z.array(nodeView) },
    errors: [],
  }),
  applicants: route({
    ...{ method: 'GET', path: '/v1/applicants', auth: 'operator' },
    summary: 'Lists the hosts that asked to be let in within the last minutes and were refused.',
    reply: { kind: 'json', schema: z.array(applicantView) },
    errors: [],
  }),
  approveNode: route({
    ...{ method: 'POST', path: '/v1/nodes/:name/approve', auth: 'operator' },
    summary: 'Lets in a host that waits for approval. The key says which: several may ask for one name.',
    params: named,
    body: z.object({ key: keyFingerprint.describe('The key of the host, as the list of nodes shows it') }),
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
