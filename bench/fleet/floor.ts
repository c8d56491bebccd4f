import type { NatsConnection } from '@nats-io/transport-node';
import { agentInboxPrefix } from '@vhive/shared';

/**
 * Returns the subject on which an agent of the fleet answers the requests of the floor. It is below the agent's inbox,
 * so that its JWT allows it.
 */
export function floorSubject(cluster: string, node: string): string {
  return `${agentInboxPrefix(cluster, node)}.floor`;
}

/**
 * Measures the floor below any orchestration by requests: an empty request to each agent at once, and all empty
 * replies, `rounds` times. Returns the milliseconds of each round.
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
