import { type NodeView, VhiveError } from '@vhive/shared';
import type { ApiClient } from '../../client/client.ts';
import { checkNames } from '../../known-names.ts';

/** Returns the node that is to do a job: the named one, else the master. Throws `usage` where there is none. */
export async function chosenNode(client: ApiClient, name: string | undefined): Promise<NodeView> {
  const { nodes, run } = await client.status();
  if (name !== undefined)
    checkNames(
      'node',
      [name],
      nodes.map((node) => node.name),
    );
  const wanted = name ?? run?.controlPlane;
  const node = wanted === undefined ? nodes.find(({ local }) => local) : nodes.find((one) => one.name === wanted);
  if (node !== undefined) return node;
  throw new VhiveError({
    code: 'usage',
    message: wanted === undefined ? 'there is no cluster yet' : `the master ${wanted} is not among the nodes`,
    hint: wanted === undefined ? 'vhive-coord up --nodes N' : 'name a node by --node; see them: vhive-coord nodes ls',
  });
}
