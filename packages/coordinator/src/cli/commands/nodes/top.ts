import { type NodeView, type UsageMessage, VhiveError } from '@vhive/shared';
import { createLogUpdate } from 'log-update';
import { withExisting } from '../../attach.ts';
import type { ApiClient } from '../../client/client.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { usageTable } from './usage-table.ts';

/** Without `--watch`, nodes that say nothing are waited for so long, in milliseconds. */
const PATIENCE_MS = 5_000;
/** The time between two pictures on a terminal, in milliseconds. */
const FRAME_MS = 1_000;
/** Where there is no terminal, a table is written so often, in milliseconds. */
const TABLE_MS = 10_000;

/** Shows what nodes use: once, or as it changes. */
export async function showUsage(names: string[], flags: Flags<'nodes top'>, context: CliContext): Promise<void> {
  const { io } = context;
  await withInterrupt(io, (signal) =>
    withExisting(
      flags,
      context,
      async (client) => {
        const nodes = chosen(await client.nodes(), names);
        if (nodes.length === 0) return io.say('no node has enrolled yet: vhive-coord nodes ls says how');
        const wanted = names.length === 0 ? {} : { nodes: names.join(',') };
        if (flags.watch) await watch(client, wanted, io, signal);
        else await once(client, wanted, nodes, io, signal);
      },
      { hearNodes: true, withHosts: true },
    ),
  );
}

function chosen(nodes: NodeView[], names: readonly string[]): NodeView[] {
  const unknown = names.find((name) => nodes.every((node) => node.name !== name));
  if (unknown === undefined) return names.length === 0 ? nodes : nodes.filter(({ name }) => names.includes(name));
  throw new VhiveError({
    code: 'usage',
    message: `there is no node ${unknown}`,
    hint: `the nodes are ${nodes.map(({ name }) => name).join(', ')}`,
  });
}

type Wanted = Parameters<ApiClient['usage']>[0];

/** Prints what each node uses, once all have told it or time is over. */
async function once(
  client: ApiClient,
  wanted: Wanted,
  nodes: readonly NodeView[],
  io: CliIo,
  signal: AbortSignal,
): Promise<void> {
  const newest = new Map<string, UsageMessage>();
  const enough = new AbortController();
  const limit = AbortSignal.timeout(PATIENCE_MS);
  for await (const message of client.usage(wanted, AbortSignal.any([signal, enough.signal, limit]))) {
    if (newest.has(message.node)) continue;
    newest.set(message.node, message);
    tell(message, io);
    if (nodes.every(({ name }) => newest.has(name))) enough.abort();
  }
  signal.throwIfAborted();
  for (const { name: node } of nodes)
    if (!newest.has(node)) {
      const message = { type: 'no-usage' as const, node, reason: 'it said nothing within five seconds' };
      newest.set(node, message);
      tell(message, io);
    }
  if (!io.json) for (const line of usageTable(newest.values(), io, io.style)) io.say(line);
}

/** Shows what nodes use until the signal aborts: a picture on a terminal, else a table now and then, and JSON lines. */
async function watch(client: ApiClient, wanted: Wanted, io: CliIo, signal: AbortSignal): Promise<void> {
  const newest = new Map<string, UsageMessage>();
  const isLive = !io.json && io.text.isTTY === true && io.env.TERM !== 'dumb';
  const log = isLive ? createLogUpdate(io.text as NodeJS.WriteStream) : undefined;
  const draw = () => {
    const lines = usageTable(newest.values(), io, io.style);
    if (log) log(lines.join('\n'));
    else for (const line of lines) io.say(line);
  };
  const timer = io.json ? undefined : setInterval(draw, isLive ? FRAME_MS : TABLE_MS);
  try {
    for await (const message of client.usage(wanted, signal)) {
      newest.set(message.node, message);
      tell(message, io);
    }
  } finally {
    clearInterval(timer);
    log?.done();
  }
}

function tell(message: UsageMessage, io: CliIo): void {
  if (message.type === 'no-usage') return io.line(message);
  const { sample, ...rest } = message;
  const { type: _, ...figures } = sample;
  io.line({ ...rest, ...figures });
}
