import { facts, isoTime, nodeName } from '@vhive/shared';
import * as z from 'zod';

/** What is kept of a node, one file each. */
export const nodeRecord = z.object({
  name: nodeName,
  /** Public user nkey (`U...`). */
  publicKey: z.string(),
  /** Public curve key (`X...`). */
  sealingKey: z.string(),
  /** false: enrolled without a valid token, waits for the operator. */
  approved: z.boolean(),
  /** Address the enrolment came from. */
  address: z.string(),
  enrolledAt: isoTime,
  agentVersion: z.string(),
  facts,
  /** SHA-256, hex, of the node's bearer token for artifacts; null until it has one. */
  artifactTokenHash: z.string().nullable(),
  /** When the last user JWT was issued; null until it has one. */
  jwtIssuedAt: isoTime.nullable(),
});
/** See {@link nodeRecord}. */
export type NodeRecord = z.infer<typeof nodeRecord>;
