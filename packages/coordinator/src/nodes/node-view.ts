import { nkeyFingerprint } from '@vhive/base/nkey/fingerprint';
import type { Heartbeat, NodeView } from '@vhive/shared';
import { nodeAddress } from './node-address.ts';
import type { NodeRecord } from './node-record.ts';

/** What the messages of a node tell beyond its record. */
export interface NodeSigns {
  reachable: boolean;
  lastSeen: Date | undefined;
  heartbeat: Heartbeat | undefined;
  /** The number of messages of the agent that the coordinator dropped, by reason. */
  dropped: Record<string, number> | undefined;
}

/** Shows a node as people and plans see it. */
export function nodeView(
  record: NodeRecord,
  { reachable, lastSeen, heartbeat, dropped = {} }: NodeSigns,
  where: { lan: string | undefined; machineId: string },
): NodeView {
  const unread = Object.entries(dropped).map(([reason, count]) => [`coordinator.${reason}`, count]);
  return {
    name: record.name,
    status: !record.approved ? 'pending' : reachable ? 'reachable' : 'unreachable',
    address: nodeAddress(record.facts, record.address, where.lan),
    enrolledAt: record.enrolledAt,
    lastSeen: lastSeen?.toISOString() ?? null,
    agentVersion: record.agentVersion,
    load: heartbeat?.load ?? null,
    clockOffsetMs: heartbeat?.clockOffsetMs ?? null,
    outbox: heartbeat?.outbox ?? 0,
    rejected: { ...heartbeat?.rejected, ...Object.fromEntries(unread) },
    sealingKey: record.sealingKey,
    key: nkeyFingerprint(record.publicKey),
    // The machine id proves nothing, but shows when the state directory was moved to another host.
    local: record.onCoordinator && record.facts.machineId === where.machineId,
    facts: record.facts,
  };
}
