import * as z from 'zod';
import { DNS_LABEL } from './patterns.ts';

/**
 * An RFC 1123 DNS label of at most 63 characters, which Kubernetes takes as the name of a node and NATS as a token of a
 * subject.
 */
export const dnsLabel = z
  .string()
  .max(63)
  .regex(DNS_LABEL, 'must be a DNS label: lower-case letters, digits and "-", not at the ends');

/** The name of a cluster, which is part of every NATS subject. */
export const clusterName = dnsLabel.describe('The name of the cluster, which is part of every NATS subject');

/** The name of a node: the first label of its host name, in lower case. */
export const nodeName = dnsLabel.describe('The name of a node: the first label of its host name, in lower case');

/**
 * The name under which steps that the coordinator itself carries out (such as downloads) appear in a plan. No node has
 * this name.
 */
export const COORDINATOR = '@coordinator';

/** The executor of a step: the agent of a node, by the node's name, or the coordinator itself. */
export const executorName = z.union([nodeName, z.literal(COORDINATOR)]);

/** The identifier of a run: `run-` and a suffix that orders runs by time. */
export const runId = z.string().regex(/^run-[a-z0-9-]{4,40}$/);

/** A point in time as ISO 8601 with milliseconds, in UTC. */
export const isoTime = z.iso.datetime();

/** A SHA-256 in lower-case hex. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex SHA-256');

/** The label by which Knative marks everything that it makes for a function; its value is the name of the function. */
export const FUNCTION_LABEL = 'serving.knative.dev/service';
