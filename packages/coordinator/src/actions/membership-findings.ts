import { isIPv4 } from 'node:net';
import type { Finding, Params } from '@vhive/shared';

type Cluster = Params<'preflight.cluster'>;
type Membership = Cluster['memberships'][number];

/**
 * Reports nodes that already belong to another cluster than the control plane's, which the hash of its CA tells, and
 * nodes that joined this one at another address than the one that was chosen now.
 */
export function membershipFindings({ nodes, memberships }: Cluster): Finding[] {
  const [master, ...workers] = memberships;
  if (master === undefined) return [];
  const address = nodes.find(({ name }) => name === master.node)?.address;
  return [
    ...workers.flatMap((worker) => ofAnotherCluster(worker, master)),
    ...(address === undefined ? [] : memberships.flatMap((node) => atAnotherAddress(node, address))),
  ];
}

function ofAnotherCluster(worker: Membership, master: Membership): Finding[] {
  if (worker.joined !== true || worker.caCertHashes === null || master.caCertHashes === null) return [];
  const strange = worker.caCertHashes.filter((hash) => !master.caCertHashes?.includes(hash));
  const [hash] = strange;
  if (hash === undefined) return [];
  const [own] = master.caCertHashes;
  const there = worker.server === null ? '' : ` at ${worker.server}`;
  return [
    {
      check: 'cluster identity',
      level: 'error',
      message: `${worker.node} is a node of another cluster${there}: its CA is ${hash}, and ${
        own === undefined ? `there is none on ${master.node} yet` : `that of ${master.node} is ${own}`
      }`,
      hint: `leave ${worker.node} out; or, if its workloads may go, on ${worker.node}: kubeadm reset -f`,
    },
  ];
}

/** An API server that is known by a name is left out: no look at the nodes tells where the name leads. */
function atAnotherAddress({ node, joined, server }: Membership, address: string): Finding[] {
  const host = server?.replace(/:\d+$/, '');
  if (joined !== true || host === undefined || !isIPv4(host) || host === address) return [];
  return [
    {
      check: 'cluster address',
      level: 'error',
      message: `${node} already is in a cluster whose API server is at ${host}, and now it is to be at ${address}`,
      hint: 'a cluster keeps its network: choose the --lan of before',
    },
  ];
}
