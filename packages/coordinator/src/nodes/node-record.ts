import { isoTime, nodeName, reportedFacts } from '@vhive/shared';
import * as z from 'zod';

/** What the coordinator stores about a node, in one file per node. */
export const nodeRecord = z.object({
  name: nodeName,
  /** The public user nkey (`U...`). */
  publicKey: z.string(),
  /** The public curve key (`X...`). */
  sealingKey: z.string(),
  /** false: the node enrolled without a valid token and waits for the operator. */
  approved: z.boolean(),
  /** The address from which the node enrolled. */
  address: z.string(),
  enrolledAt: isoTime,
  agentVersion: z.string(),
  facts: reportedFacts,
  /** The SHA-256 of the node's bearer token for artifacts, in hex; null until it has a token. */
  artifactTokenHash: z.string().nullable(),
  /** When the last user JWT was issued; null until the node has one. */
  jwtIssuedAt: isoTime.nullable(),
  /** The channels that it allows; absent where an earlier version issued it. */
  jwtChannels: z.string().optional(),
  /** Whether it has proved, when it enrolled, that it runs on the coordinator's own host. */
  onCoordinator: z.boolean().default(false),
});
/** See {@link nodeRecord}. */
export type NodeRecord = z.infer<typeof nodeRecord>;
