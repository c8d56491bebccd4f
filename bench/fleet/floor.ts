import type { NatsConnection } from '@nats-io/transport-node';
import { agentInboxPrefix } from '@vhive/shared';

/** Where an agent of the fleet answers the floor's requests: below the inbox, so that its JWT allows it. */
export function floorSubject(cluster: string, node: string): string {
  return `${agentInboxPrefix(cluster, node)}.floor`;
}

/**
 * The floor below any orchestration by requests: an empty request to each agent at once, and all empty replies, `rounds`
 * times. Milliseconds of each round.
 */
export async function measureFloor(nc: NatsConnection, cluster: string, nodes: readonly string[], rounds: number) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await Promise.all(nodes.map((node) => nc.request(floorSubject(cluster, node), undefined, { timeout: 60_000 })));
    times.push(performance.now() - began);
  }
  return times;
}
