import type { ImageServer } from '@vhive/core/plan/index';
import type { NodeView } from '@vhive/shared';
import { inNetwork } from '../nodes/node-address.ts';
import { hostAddresses } from '../trust/authority.ts';

/**
 * Says where nodes ask this coordinator for images: at the address of the node on its own host. Where there is none, it
 * is an address of this host in a network that the nodes are on too, or else its first one.
 */
export function imageServer(
  nodes: readonly NodeView[],
  { httpsPort, caPem }: { httpsPort: number; caPem: string },
): ImageServer {
  const own = hostAddresses();
  const networks = nodes.flatMap(({ address, facts }) =>
    facts.interfaces.flatMap(({ addresses }) => addresses.filter((cidr) => cidr.startsWith(`${address}/`))),
  );
  const near = own.find((address) => networks.some((network) => inNetwork(address, network)));
  const address = nodes.find(({ local }) => local)?.address ?? near ?? own[0] ?? '127.0.0.1';
  return { urls: [`https://${address.includes(':') ? `[${address}]` : address}:${httpsPort}`], ca: caPem };
}
