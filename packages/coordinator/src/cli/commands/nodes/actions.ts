import { withExisting } from '../../attach.ts';
import type { CliContext } from '../../context.ts';
import type { CoordinatorFlags } from '../../options/command-options.ts';
import { nodeTable } from '../../render/node-table.ts';

/** Prints all nodes. */
export async function listNodes(flags: CoordinatorFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const { nodes, run } = await withExisting(flags, context, (client) => client.status(), { hearNodes: true });
  if (io.json) return io.line({ type: 'nodes', nodes });
  if (nodes.length === 0) {
    io.say('no node has enrolled yet; on each host, as root:');
    return io.say('  vhive-agent install --coordinator <address of this host>');
  }
  for (const line of nodeTable(nodes, { width: io.width, now: new Date(), run }, io.style)) io.say(line);
}

/** Lets pending nodes in. Stops at the first one that is refused. */
export async function approveNodes(names: string[], flags: CoordinatorFlags, context: CliContext): Promise<void> {
  await withExisting(flags, context, async (client) => {
    for (const name of names) {
      const node = await client.approveNode({ name });
      context.io.line({ type: 'nodes', nodes: [node] });
      context.io.say(`approved ${node.name} (${node.address})`);
    }
  });
}

/** Removes nodes. Stops at the first one that is refused. */
export async function removeNodes(names: string[], flags: CoordinatorFlags, context: CliContext): Promise<void> {
  await withExisting(
    flags,
    context,
    async (client) => {
      for (const name of names) {
        await client.removeNode({ name });
        context.io.line({ type: 'message', level: 'info', text: `removed ${name}` });
        context.io.say(`removed ${name}: its credentials are revoked`);
      }
      // Only a node that was heard of can be told to leave.
    },
    { hearNodes: true },
  );
}
