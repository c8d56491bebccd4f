import * as z from 'zod';
import { clusterName, nodeName } from '../names.ts';
import { oneLine } from '../wire/one-line.ts';
import { reportedFacts } from '../wire/reported-facts.ts';
import { route } from './route.ts';

/** `POST /v1/enrol`: an agent asks to be let in. */
export const enrolRequest = z.object({
  node: nodeName,
  publicKey: z
    .string()
    .regex(/^U[A-Z2-7]{55}$/)
    .describe('Public user nkey; the private half never leaves the node'),
  sealingKey: z
    .string()
    .regex(/^X[A-Z2-7]{55}$/)
    .describe('Public curve key: others seal secrets for this node with it'),
  proof: z
    .object({ nonce: z.string().min(16).max(128), at: z.iso.datetime(), signature: z.string() })
    .describe(
      'A fresh random string, signed with the nkey (base64url): it proves that the agent holds the private key',
    ),
  token: z.string().optional().describe('`<id>.<secret>` of the join token; absent: an operator must approve the node'),
  agentVersion: oneLine(64),
  facts: reportedFacts,
});
/** See {@link enrolRequest}. */
export type EnrolRequest = z.infer<typeof enrolRequest>;

/** The bytes whose signature is the proof: binds nkey, node name and time. */
export function enrolProofBytes(
  request: { node: string; publicKey: string; sealingKey: string },
  nonce: string,
  at: string,
): Uint8Array {
  return new TextEncoder().encode(
    `vhive-enrol\n${request.node}\n${request.publicKey}\n${request.sealingKey}\n${nonce}\n${at}`,
  );
}

/** Answer to an enrolment: 200 with `enrolled`, or 202 with `pending` (ask again after `retryAfterMs`, long poll). */
export const enrolReply = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('enrolled'),
    cluster: clusterName,
    node: nodeName,
    jwt: z.string().describe('User JWT for NATS; it expires and is renewed through heartbeats'),
    natsUrls: z.array(z.string()).min(1).describe('NATS servers to try, as `tls://host:port`'),
    ca: z.string().describe('CA certificate of HTTPS and NATS, PEM'),
    artifactToken: z.string().describe('Bearer token for artifacts. Secret'),
  }),
  z.object({
    status: z.literal('pending'),
    retryAfterMs: z.number().int().positive().describe('How long to wait before asking again, milliseconds'),
  }),
]);
/** See {@link enrolReply}. */
export type EnrolReply = z.infer<typeof enrolReply>;

/** The route by which agents are let in. */
export const enrolmentRoutes = {
  enrol: route({
    method: 'POST',
    path: '/v1/enrol',
    summary: 'Lets an agent in: at once with a join token or from a trusted network, else after an operator approves.',
    description:
      'The answer to an agent that waits for approval comes when it is approved, and at the latest after 25 seconds.',
    auth: 'everybody',
    body: enrolRequest,
    reply: {
      kind: 'json',
      schema: enrolReply,
      statuses: { 200: 'The agent is enrolled.', 202: 'The agent waits for approval and asks again.' },
    },
    errors: ['refused', 'not-known', 'conflict', 'clock-off', 'too-many'],
  }),
};
