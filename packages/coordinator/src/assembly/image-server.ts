import { resolve } from 'node:path';
import type { ImageServer } from '@vhive/core/plan/index';
import { defined, type NodeView } from '@vhive/shared';
import { parseMirror } from '../artifacts/sources/mirror-tree.ts';
import { inNetwork } from '../nodes/node-address.ts';
import { hostAddresses } from '../trust/authority.ts';
import { type CoordinatorOptions, imagesPort } from './options.ts';

/** What of a coordinator its image server follows from. */
interface Serving {
  options: Pick<CoordinatorOptions, 'stateDir' | 'httpsPort' | 'service'>;
  caPem: string;
  /** The directory of the program `vhive-coord`; undefined where it is not known. */
  programs: string | undefined;
}

/**
 * Says where nodes ask for images of a mirror tree: the service on the coordinator's host, where it can be one and the
 * coordinator is none itself, and the coordinator. Their address is that of the node on this host. Where there is none, it
 * is an address of this host in a network that the nodes are on too, or else its first one.
 */
export function imageServer(
  nodes: readonly NodeView[],
  mirror: string,
  { options, caPem, programs }: Serving,
): ImageServer {
  const { httpsPort, stateDir } = options;
  const own = hostAddresses();
  const networks = nodes.flatMap(({ address, facts }) =>
    facts.interfaces.flatMap(({ addresses }) => addresses.filter((cidr) => cidr.startsWith(`${address}/`))),
  );
  const near = own.find((address) => networks.some((network) => inNetwork(address, network)));
  const local = nodes.find((node) => node.local);
  const address = local?.address ?? near ?? own[0] ?? '127.0.0.1';
  const urlAt = (port: number) => `https://${address.includes(':') ? `[${address}]` : address}:${port}`;
  const lasting = options.service !== true && local !== undefined && !local.facts.simulated && programs !== undefined;
  const command = [
    `${programs}/vhive-coord`,
    ...['serve-images', '--state-dir', resolve(stateDir), '--https-port', String(httpsPort)],
    ...['--mirror', wholePath(mirror)],
  ];
  return {
    urls: [...(lasting ? [urlAt(imagesPort(httpsPort))] : []), urlAt(httpsPort)],
    ca: caPem,
    ...defined({ service: lasting ? { node: local.name, command } : undefined }),
  };
}

/** Returns the mirror tree as it is to be named in any working directory. */
function wholePath(mirror: string): string {
  const parsed = parseMirror(mirror);
  return parsed.type === 'directory' ? parsed.root : parsed.base;
}
