import type { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  defined,
  type EnrolRequest,
  type Heartbeat,
  type HeartbeatReply,
  messageOf,
  type NodeView,
  VhiveError,
} from '@vhive/shared';
import type { Logger } from 'pino';
import type { Authority } from '../trust/authority.ts';
import { admit } from './admission.ts';
import { artifactTokens } from './artifact-tokens.ts';
import { changeOf, type NodeEvents, nodeEvents } from './node-events.ts';
import type { NodeRecord } from './node-record.ts';
import { openNodeStore } from './node-store.ts';
import { nodeView } from './node-view.ts';
import { watchReachability } from './reachability.ts';

/**
 * A user JWT that is this old, in milliseconds, is replaced with the next heartbeat. A JWT lasts seven days, so a lost
 * reply costs only one of them.
 */
const RENEW_AFTER_MS = 86_400_000;

/** Sorts numbers in names by their value, so that n2 comes before n10. */
const byName = new Intl.Collator('en', { numeric: true });

/** What {@link openNodeRegistry} needs. */
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
  view(name: string): NodeView | undefined;
  /** Returns what is stored about a node. */
  record(name: string): NodeRecord | undefined;
  /** Sets the CIDR of the network for cluster traffic. undefined means that none was chosen. */
  setLan(cidr: string | undefined): void;
  /**
   * Takes in an enrolment whose sender has proved that it holds its keys. `authorised` says that it has a valid join
   * token or comes from a trusted network. `isNew` in the answer says that neither the node nor the key was known
   * before. Throws code `refused` (HTTP 409) when the name or the key belongs to another node.
   */
  enrol(request: EnrolRequest, from: string, authorised: boolean): Promise<{ record: NodeRecord; isNew: boolean }>;
  /**
   * Resolves with true when the node with that key is approved, and with false when it is replaced or removed or when
   * `signal` aborts.
   */
  approval(name: string, publicKey: string, signal: AbortSignal): Promise<boolean>;
  /** Makes new credentials for an approved node. Its former artifact token becomes useless. */
  credentials(name: string): Promise<{ jwt: string; artifactToken: string }>;
  /** Lets a pending node in. Throws code `usage` when there is no such node. */
  approve(name: string): Promise<NodeView>;
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
  close(): void;
}

/**
 * Opens the node registry. Nodes that are known from before count as unreachable only after they have had some time to
 * report.
 */
export async function openNodeRegistry(options: NodeRegistryOptions): Promise<NodeRegistry> {
  const { authority, log } = options;
  const events = nodeEvents();
  const store = await openNodeStore(options.stateDir, log);
  const records = new Map<string, NodeRecord>();
  const heartbeats = new Map<string, Heartbeat>();
  /** The keys that this process revoked, each with the second of its revocation. */
  const revokedAt = new Map<string, number>();
  const artifacts = artifactTokens();
  let lan: string | undefined;
  const reachability = watchReachability((name, since) => {
    events.emit('unreachable', name, since);
    events.emit('changed', name);
  }, options.unreachableAfterMs);

  for (const record of await store.load()) {
    records.set(record.name, record);
    artifacts.restore(record.name, record.artifactTokenHash);
    if (record.approved) reachability.watch(record.name);
  }

  async function put(record: NodeRecord): Promise<NodeRecord> {
    records.set(record.name, record);
    await store.save(record);
    return record;
  }

  function known(name: string): NodeRecord {
    const record = records.get(name);
    if (record !== undefined) return record;
    throw new VhiveError({ code: 'usage', message: `there is no node ${name}`, hint: 'vhive-coord nodes ls' });
  }

  async function revoke(publicKey: string): Promise<void> {
    await options.revoke(publicKey);
    revokedAt.set(publicKey, Math.floor(Date.now() / 1000));
  }

  function view(record: NodeRecord): NodeView {
    const { name } = record;
    const signs = {
      reachable: reachability.isReachable(name),
      lastSeen: reachability.lastSeen(name),
      heartbeat: heartbeats.get(name),
      dropped: options.dropped?.(name),
    };
    return nodeView(record, signs, { lan, machineId: options.machineId });
  }

  function admitted(record: NodeRecord): void {
    reachability.watch(record.name);
    events.emit('approved', record.name);
  }

  return {
    events,
    views: () => [...records.values()].map(view).sort((a, b) => byName.compare(a.name, b.name)),
    view(name) {
      const record = records.get(name);
      return record === undefined ? undefined : view(record);
    },
    record: (name) => records.get(name),
    setLan(cidr) {
      lan = cidr;
    },
    async enrol(request, from, authorised) {
      const before = records.get(request.node);
      const { record, replacesKey } = admit([...records.values()], before, request, from, authorised);
      if (replacesKey !== undefined) {
        artifacts.revoke(before?.artifactTokenHash ?? null);
        heartbeats.delete(record.name);
        reachability.forget(record.name);
        log.warn({ node: record.name }, 'the same host enrols with a new key; the old one is revoked');
        if (before?.approved) await revoke(replacesKey);
      }
      await put(record);
      if (record.approved && (!before?.approved || replacesKey !== undefined)) admitted(record);
      if (!isDeepStrictEqual(before, record)) events.emit('changed', record.name);
      return { record, isNew: before === undefined || replacesKey !== undefined };
    },
    async approval(name, publicKey, signal) {
      while (!signal.aborted) {
        const record = records.get(name);
        if (record?.publicKey !== publicKey) return false;
        if (record.approved) return true;
        await changeOf(events, name, signal);
      }
      return false;
    },
    async credentials(name) {
      const { publicKey, approved } = known(name);
      if (!approved) throw new VhiveError({ code: 'refused', message: `node ${name} is not approved` });
      // A revocation covers all JWTs that were issued up to and in its second. A removed agent that is let in again in
      // that same second must wait until it is over.
      const revoked = revokedAt.get(publicKey);
      if (revoked !== undefined) await delay(Math.max(0, (revoked + 1) * 1000 - Date.now()));
      const { jwt } = await authority.agentJwt(name, publicKey);
      const record = known(name);
      const { token, hash } = artifacts.issue(name, record.artifactTokenHash);
      await put({ ...record, artifactTokenHash: hash, jwtIssuedAt: new Date().toISOString() });
      return { jwt, artifactToken: token };
    },
    async approve(name) {
      const record = known(name);
      if (!record.approved) {
        admitted(await put({ ...record, approved: true }));
        events.emit('changed', name);
      }
      return view(known(name));
    },
    async remove(name) {
      const record = known(name);
      // The agent is told before its credentials end, because the message could not reach it afterwards.
      if (record.approved && reachability.isReachable(name))
        await options
          .leave(name)
          .catch((error: unknown) => log.warn({ node: name, reason: messageOf(error) }, 'leave'));
      records.delete(name);
      heartbeats.delete(name);
      reachability.forget(name);
      artifacts.revoke(record.artifactTokenHash);
      if (record.jwtIssuedAt !== null) await revoke(record.publicKey);
      await store.remove(name);
      events.emit('removed', name);
      events.emit('changed', name);
    },
    async heartbeat(name, heartbeat) {
      const receivedAt = new Date();
      const record = records.get(name);
      if (!record?.approved) return undefined;
      const isBack = reachability.seen(name);
      heartbeats.set(name, heartbeat);
      const reported = { agentVersion: heartbeat.agentVersion, facts: heartbeat.facts ?? record.facts };
      const changed = !isDeepStrictEqual(reported, { agentVersion: record.agentVersion, facts: record.facts });
      const renew =
        record.jwtIssuedAt === null || Date.parse(record.jwtIssuedAt) + RENEW_AFTER_MS < receivedAt.getTime();
      const jwt = renew ? (await authority.agentJwt(name, record.publicKey)).jwt : undefined;
      const current = records.get(name);
      if (current?.publicKey !== record.publicKey) return undefined; // the node was removed or replaced meanwhile
      // The write is not awaited, because the agent measures the clocks by the time that the answer takes.
      if (changed || renew)
        put({ ...current, ...reported, jwtIssuedAt: renew ? receivedAt.toISOString() : current.jwtIssuedAt }).catch(
          (error: unknown) => log.error({ node: name, reason: messageOf(error) }, 'cannot write the node record'),
        );
      if (isBack) events.emit('reachable', name);
      if (isBack || changed) events.emit('changed', name);
      return { type: 'heartbeat.reply', receivedAt: receivedAt.toISOString(), ...defined({ jwt }) };
    },
    nodeOfArtifactToken: (token) => artifacts.nodeOf(token),
    close() {
      reachability.close();
      events.removeAllListeners();
    },
  };
}
