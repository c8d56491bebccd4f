import * as z from 'zod';

/** An RFC 1123 DNS label, at most 63 characters: what Kubernetes takes as a node name and NATS as a subject token. */
export const dnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label: lower-case letters, digits and "-", not at the ends');

/** Name of a cluster; part of every NATS subject. */
export const clusterName = dnsLabel.describe('Name of the cluster; part of every NATS subject');

/** Name of a node: its host name's first label in lower case. */
export const nodeName = dnsLabel.describe("Name of a node: the first label of the host's name, in lower case");

/** The name under which steps run by the coordinator itself (such as downloads) appear in a plan. Never a node name. */
export const COORDINATOR = '@coordinator';

/** Where a step runs: a node's agent, or the coordinator itself. */
export const executorName = z.union([nodeName, z.literal(COORDINATOR)]);

/** Identifier of a run: `run-` and a time-ordered suffix. */
export const runId = z.string().regex(/^run-[a-z0-9-]{4,40}$/);

/** A point in time as ISO 8601 with milliseconds, UTC. */
export const isoTime = z.iso.datetime();

/** Lower-case hex SHA-256. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex SHA-256');
