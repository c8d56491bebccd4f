import { keyFingerprint, nodeName, VhiveError } from '@vhive/shared';
import { withExisting } from '../../attach.ts';
import type { CliContext } from '../../context.ts';
import type { SaidCoordinatorFlags } from '../../options/coordinator-options.ts';
import { applicantLines, pendingLines } from '../../render/applicant-lines.ts';
import { nodeTable } from '../../render/node-table.ts';

/** Prints all nodes. */
export async function listNodes(flags: SaidCoordinatorFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const {
    nodes,
    run,
    applicants = [],
  } = await withExisting(flags, context, (client) => client.status(), {
    hearNodes: true,
  });
  if (io.json) return io.line({ type: 'nodes', nodes, applicants });
  if (nodes.length === 0) {
    io.say('no node has enrolled yet; on each host, as root:');
    io.say('  vhive-agent install --coordinator <address of this host>');
  } else for (const line of nodeTable(nodes, { width: io.width, now: new Date(), run }, io.style)) io.say(line);
  const all = { most: Number.POSITIVE_INFINITY, words: io.words };
  for (const line of [...pendingLines(nodes, all), ...applicantLines(applicants, all)]) io.say(line);
}

/**
 * Lets hosts in, each named by `<name>:<key>`, the key as the list of nodes and the agent itself show it: a name alone
 * could be asked for by another host in the meantime. Stops at the first one that is refused.
 */
export async function approveNodes(words: string[], flags: SaidCoordinatorFlags, context: CliContext): Promise<void> {
  const wanted = words.map(nameAndKey);
  await withExisting(flags, context, async (client) => {
    for (const one of wanted) {
      const node = await client.approveNode(one);
      context.io.line({ type: 'nodes', nodes: [node] });
      context.io.say(`approved ${node.name} (${node.address})`);
    }
  });
}

function nameAndKey(word: string): { name: string; key: string } {
  const [name = '', key, ...rest] = word.split(':');
  if (nodeName.safeParse(name).success && keyFingerprint.safeParse(key).success && rest.length === 0)
    return { name, key: key ?? '' };
  throw new VhiveError({
    code: 'usage',
    message:
      key === undefined && nodeName.safeParse(name).success
        ? `which host is to be ${name}? It is said with the key that its agent shows: ${name}:<key>`
        : `"${word}" is not a node and its key, such as worker1:0123456789abcdef`,
    hint: 'vhive-coord nodes ls shows the whole command for each host that asks',
  });
}

/** Removes nodes. Stops at the first one that is refused. */
export async function removeNodes(names: string[], flags: SaidCoordinatorFlags, context: CliContext): Promise<void> {
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
