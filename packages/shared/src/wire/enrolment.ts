import * as z from 'zod';
import { clusterName, nodeName } from '../names.ts';
import { facts } from './facts.ts';

/** Port of the coordinator's HTTPS server (enrolment, artifacts, API, dashboard). */
export const DEFAULT_HTTPS_PORT = 7443;

/** Port of the NATS server the coordinator supervises. */
export const DEFAULT_NATS_PORT = 7422;

/** `POST /v1/enrol`: an agent asks to be let in. */
export const enrolRequest = z.object({
  node: nodeName,
  /** Public user nkey (`U...`); the private half never leaves the node. */
  publicKey: z.string().regex(/^U[A-Z2-7]{55}$/),
  /** Public curve key (`X...`): others seal secrets for this node with it. */
  sealingKey: z.string().regex(/^X[A-Z2-7]{55}$/),
  /** A fresh random string signed with the nkey, base64url: proof that the agent holds the private key. */
  proof: z.object({ nonce: z.string().min(16).max(128), at: z.iso.datetime(), signature: z.string() }),
  /** `<id>.<secret>` of the join token; absent: pending until approved. */
  token: z.string().optional(),
  agentVersion: z.string(),
  facts,
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
    /** User JWT for NATS; expires and is renewed through heartbeats. */
    jwt: z.string(),
    /** NATS servers to try, `tls://host:port`. */
    natsUrls: z.array(z.string()).min(1),
    /** CA certificate, PEM, of HTTPS and NATS. */
    ca: z.string(),
    /** Bearer token for artifacts. Secret. */
    artifactToken: z.string(),
  }),
  z.object({ status: z.literal('pending'), retryAfterMs: z.number().int().positive() }),
]);
/** See {@link enrolReply}. */
export type EnrolReply = z.infer<typeof enrolReply>;

/** Body of every refusal of the HTTPS server. */
export const httpFailure = z.object({ code: z.string(), message: z.string(), hint: z.string().optional() });
/** See {@link httpFailure}. */
export type HttpFailure = z.infer<typeof httpFailure>;
