import type { EventEmitter } from 'node:events';
import type { ApplicantView, EnrolRequest, Heartbeat, HeartbeatReply, NodeView, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import type { Authority } from '../trust/authority.ts';
import type { Origin } from './admission.ts';
import type { NodeEvents } from './node-events.ts';
import type { NodeRecord } from './node-record.ts';

/** What `openNodeRegistry` needs. */
export interface NodeRegistryOptions {
  stateDir: string;
  authority: Authority;
  log: Logger;
  /** The /etc/machine-id of the coordinator's host. It tells which agent runs on this host. */
  machineId: string;
  /** Makes all JWTs of a public key useless, as `NatsServer.revoke` does. */
  revoke(publicKey: string): Promise<void>;
  /** Tells the agent of a removed node to leave. This may fail, because the node has lost its rights in any case. */
  leave(node: string): Promise<void>;
  /** The number of messages of a node that were dropped unread, by reason. By default there are none. */
  dropped?(node: string): Record<string, number>;
  /** A node that is silent for this long is unreachable, in milliseconds; default UNREACHABLE_AFTER_MS. */
  unreachableAfterMs?: number | undefined;
}

/** The node registry: all nodes that the coordinator knows. */
export interface NodeRegistry {
  events: EventEmitter<NodeEvents>;
  /** All nodes, sorted by name. */
  views(): NodeView[];
  /** Returns a node; `network` is the CIDR of another network for cluster traffic than the one that is set. */
  view(name: string, network?: string): NodeView | undefined;
  /** Returns what is stored about a node. */
  record(name: string): NodeRecord | undefined;
  /** Sets the CIDR of the network for cluster traffic. undefined means that none was chosen. */
  setLan(cidr: string | undefined): void;
  /** All hosts that asked to be let in within the last minutes and were refused, newest first. */
  applicants(): ApplicantView[];
  /**
   * Takes in an enrolment whose sender has proved that it holds its keys. `origin` is what else is known of it. `isNew` in
   * the answer says that neither the node nor the key was known before. Throws code `refused` (HTTP 409) when the name
   * or the key belongs to another node; operators see that in {@link NodeRegistry.applicants}.
   */
  enrol(request: EnrolRequest, origin: Origin): Promise<{ record: NodeRecord; isNew: boolean }>;
  /** Shows operators a host that was refused before it could enrol. It has proved that it holds its keys. */
  noteRefused(request: EnrolRequest, from: string, refusal: VhiveError): void;
  /**
   * Resolves with true when the node with that key is approved, and with false when it is replaced or removed or when
   * `signal` aborts.
   */
  approval(name: string, publicKey: string, signal: AbortSignal): Promise<boolean>;
  /** Makes new credentials for an approved node. Its former artifact token becomes useless. */
  credentials(name: string): Promise<{ jwt: string; artifactToken: string }>;
  /**
   * Lets in the host with this key fingerprint: a node that waits for approval, or one that was refused because another
   * key has its name, and then the other key is revoked. Throws code `usage` when none with that key asks for that name.
   */
  approve(name: string, fingerprint: string): Promise<NodeView>;
  /**
   * Forgets a node: its agent is told to leave and its JWTs are revoked. Throws code `usage` when there is no such
   * node.
   */
  remove(name: string): Promise<void>;
  /**
   * Takes in a sign of life and returns the answer to it. The result is undefined when no approved node has that name;
   * then no answer is sent.
   */
  heartbeat(name: string, heartbeat: Heartbeat): Promise<HeartbeatReply | undefined>;
  /** Returns the approved node to which an artifact token belongs. */
  nodeOfArtifactToken(token: string): string | undefined;
  /** Whether an approved node has this address. */
  isNodeAddress(address: string): boolean;
  close(): void;
}
