import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { nkeyFingerprint } from '@vhive/base/nkey/fingerprint';
import {
  defined,
  type Facts,
  type Heartbeat,
  messageOf,
  type NodeView,
  SPOKEN_CHANNELS,
  VhiveError,
} from '@vhive/shared';
import { admit } from './admission.ts';
import { type Applicant, applicants } from './applicants.ts';
import { artifactTokens } from './artifact-tokens.ts';
import { instances } from './instances.ts';
import { hasAddress } from './node-address.ts';
import { changeOf, nodeEvents } from './node-events.ts';
import type { NodeRecord } from './node-record.ts';
import type { NodeRegistry, NodeRegistryOptions } from './node-registry-interface.ts';
import { openNodeStore } from './node-store.ts';
import { nodeView } from './node-view.ts';
import { watchReachability } from './reachability.ts';

/**
 * A user JWT that is this old, in milliseconds, is replaced with the next heartbeat. A JWT lasts seven days, so a lost
 * reply costs only one of them.
 */
const RENEW_AFTER_MS = 86_400_000;

/**
 * A node that waits for approval and has not asked for this long, in milliseconds, is forgotten. A waiting agent asks
 * every half minute.
 */
const WAITS_MS = 5 * 60_000;

/** Sorts numbers in names by their value, so that n2 comes before n10. */
const byName = new Intl.Collator('en', { numeric: true });

/** Who was refused, as {@link Applicant} has it. */
type Who = Pick<Applicant, 'node' | 'publicKey' | 'address'>;
/** Why it was refused, as {@link Applicant} has it. */
type Refusal = Pick<Applicant, 'message' | 'hint' | 'record'>;

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
  const refused = applicants();
  const processes = instances();
  /** When each node that waits for approval asked last, by performance.now(). */
  const askedAt = new Map<string, number>();
  let lan: string | undefined;
  const reachability = watchReachability((name, since) => {
    events.emit('unreachable', name, since);
    events.emit('changed', name);
  }, options.unreachableAfterMs);

  for (const record of await store.load()) {
    records.set(record.name, record);
    artifacts.restore(record.name, record.artifactTokenHash);
    if (record.approved) reachability.watch(record.name);
    else askedAt.set(record.name, performance.now());
  }

  /** Forgets nodes that waited for approval and went away. */
  function sweep(): void {
    for (const [name, at] of askedAt) {
      if (records.get(name)?.approved !== false) askedAt.delete(name);
      else if (performance.now() - at > WAITS_MS) {
        askedAt.delete(name);
        records.delete(name);
        store.remove(name).catch((error: unknown) => log.warn({ node: name, reason: messageOf(error) }, 'forget'));
        events.emit('changed', name);
      }
    }
  }

  /** Puts a record in the place of one with another key. */
  async function replace(before: NodeRecord, record: NodeRecord): Promise<void> {
    artifacts.revoke(before.artifactTokenHash);
    heartbeats.delete(record.name);
    processes.forget(record.name);
    reachability.forget(record.name);
    log.warn({ node: record.name }, 'the node enrols with a new key; the old one is revoked');
    if (before.approved) await revoke(before.publicKey);
    await put(record);
    if (record.approved) admitted(record);
  }

  function refuse(who: Who, { hostname }: Facts, why: Refusal): void {
    const { message, hint, record } = why;
    if (!refused.note({ ...who, hostname, message, hint, record })) return;
    log.warn({ node: who.node, from: who.address, reason: message }, 'an agent was refused');
    events.emit('changed', who.node);
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

  function view(record: NodeRecord, network = lan): NodeView {
    const { name } = record;
    const signs = {
      reachable: reachability.isReachable(name),
      lastSeen: reachability.lastSeen(name),
      heartbeat: heartbeats.get(name),
      dropped: options.dropped?.(name),
    };
    return nodeView(record, signs, { lan: network, machineId: options.machineId });
  }

  function admitted(record: NodeRecord): void {
    reachability.watch(record.name);
    events.emit('approved', record.name);
  }

  return {
    events,
    views() {
      sweep();
      return [...records.values()].map((record) => view(record)).sort((a, b) => byName.compare(a.name, b.name));
    },
    applicants: () => refused.views(),
    view(name, network) {
      const record = records.get(name);
      return record === undefined ? undefined : view(record, network);
    },
    record: (name) => records.get(name),
    setLan(cidr) {
      lan = cidr;
    },
    async enrol(request, origin) {
      sweep();
      const before = records.get(request.node);
      const admission = admit([...records.values()], before, request, origin);
      if (!admission.admitted) {
        const { message, hint } = admission;
        refuse(applicantOf(request, origin.address), request.facts, admission);
        throw new VhiveError({ code: 'refused', message, hint });
      }
      const { record, replacesKey } = admission;
      const isNew = before === undefined || replacesKey !== undefined;
      if (!record.approved) askedAt.set(record.name, performance.now());
      if (before !== undefined && replacesKey !== undefined) await replace(before, record);
      else {
        await put(record);
        if (record.approved && !before?.approved) admitted(record);
      }
      const wasRefused = refused.forget(record.name, record.publicKey);
      if (wasRefused || !isDeepStrictEqual(before, record)) events.emit('changed', record.name);
      return { record, isNew };
    },
    noteRefused: (request, from, { message, hint = '' }) =>
      refuse(applicantOf(request, from), request.facts, { message, hint }),
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
      const issued = { jwtIssuedAt: new Date().toISOString(), jwtChannels: SPOKEN_CHANNELS };
      await put({ ...record, artifactTokenHash: hash, ...issued });
      return { jwt, artifactToken: token };
    },
    async approve(name, fingerprint) {
      const record = records.get(name);
      if (record !== undefined && nkeyFingerprint(record.publicKey) === fingerprint) {
        if (!record.approved) admitted(await put({ ...record, approved: true }));
      } else {
        const applicant = refused.approvable(name, fingerprint);
        if (applicant === undefined) throw noSuchKey(known(name), fingerprint);
        if (record !== undefined) await replace(record, applicant);
        else admitted(await put(applicant));
        refused.forget(name, applicant.publicKey);
      }
      events.emit('changed', name);
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
      processes.forget(name);
      refused.forget(name);
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
      const verdict = processes.seen(name, heartbeat, record.facts);
      if (!verdict.right) {
        const { message, hint, facts = record.facts } = verdict;
        refuse({ node: name, publicKey: record.publicKey, address: facts.defaultAddress ?? '' }, facts, verdict);
        return { type: 'heartbeat.reply', receivedAt: receivedAt.toISOString(), refused: { message, hint } };
      }
      const isBack = reachability.seen(name);
      heartbeats.set(name, heartbeat);
      const reported = { agentVersion: heartbeat.agentVersion, facts: heartbeat.facts ?? record.facts };
      const changed = !isDeepStrictEqual(reported, { agentVersion: record.agentVersion, facts: record.facts });
      const renew =
        record.jwtIssuedAt === null ||
        record.jwtChannels !== SPOKEN_CHANNELS ||
        Date.parse(record.jwtIssuedAt) + RENEW_AFTER_MS < receivedAt.getTime();
      const jwt = renew ? (await authority.agentJwt(name, record.publicKey)).jwt : undefined;
      const current = records.get(name);
      if (current?.publicKey !== record.publicKey) return undefined; // the node was removed or replaced meanwhile
      // The write is not awaited, because the agent measures the clocks by the time that the answer takes.
      const issued = renew ? { jwtIssuedAt: receivedAt.toISOString(), jwtChannels: SPOKEN_CHANNELS } : {};
      if (changed || renew)
        put({ ...current, ...reported, ...issued }).catch((error: unknown) =>
          log.error({ node: name, reason: messageOf(error) }, 'cannot write the node record'),
        );
      if (isBack) events.emit('reachable', name);
      if (isBack || changed) events.emit('changed', name);
      return { type: 'heartbeat.reply', receivedAt: receivedAt.toISOString(), ...defined({ jwt }) };
    },
    nodeOfArtifactToken: (token) => artifacts.nodeOf(token),
    isNodeAddress: (address) => [...records.values()].some((one) => one.approved && hasAddress(one, address)),
    close() {
      reachability.close();
      events.removeAllListeners();
    },
  };
}

function noSuchKey({ name, publicKey }: NodeRecord, fingerprint: string): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `no host with the key ${fingerprint} asks for the name ${name}: the node of that name has the key ${nkeyFingerprint(publicKey)}`,
    hint: 'see who asks now: vhive-coord nodes ls',
  });
}

function applicantOf({ node, publicKey }: Omit<Who, 'address'>, address: string): Who {
  return { node, publicKey, address };
}
