import { resolve } from 'node:path';
import { phases } from '@vhive/core/phases/index';
import type { LogLine, RunView } from '@vhive/shared';
import { withExisting } from '../../attach.ts';
import type { ApiClient } from '../../client/client.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import { checkNames, executorsOf } from '../../known-names.ts';
import type { Flags } from '../../options/command-options.ts';
import { exportLogs } from './export-logs.ts';
import { inOrder } from './in-order.ts';
import { logText } from './log-text.ts';
import { chosenLines, lastLines, withoutFirst } from './select-lines.ts';

const phaseNames = phases.map(({ name }) => name);

/** Prints, follows or exports the output of steps. */
export async function runLogs(flags: Flags<'logs'>, context: CliContext): Promise<void> {
  const { io } = context;
  if (flags.phase !== undefined) checkNames('phase', [flags.phase], phaseNames);
  await withInterrupt(io, (signal) =>
    withExisting(flags, context, async (client) => {
      const run = await runOf(flags, client);
      const selection = { run: run?.runId, node: flags.node, phase: flags.phase };
      const choice = { since: flags.since, failedIn: flags.errors ? run : undefined };
      const stored = () => chosenLines(client.logs(selection, signal), choice);
      if (flags.export !== undefined) {
        const directory = resolve(flags.export);
        const files = await exportLogs(stored(), directory);
        const text = `wrote ${files.length} files to ${directory}`;
        return io.tell(text);
      }
      const { tail } = flags;
      if (!flags.follow) {
        const lines = inOrder(stored());
        return await print(tail === undefined ? lines : lastLines(lines, tail), io);
      }
      const left = tail === undefined ? 0 : Math.max(0, (await count(stored())) - tail);
      const coming = inOrder(chosenLines(client.followLogs(selection, signal), choice));
      await print(withoutFirst(coming, left), io);
    }),
  );
}

async function print(lines: AsyncIterable<LogLine>, io: CliIo): Promise<void> {
  for await (const line of lines) {
    if (io.json) io.line({ type: 'log', line });
    else io.say(logText(line, io.style));
  }
}

async function count(lines: AsyncIterable<LogLine>): Promise<number> {
  let lineCount = 0;
  for await (const _ of lines) lineCount += 1;
  return lineCount;
}

/** Returns the run whose lines are wanted. Throws `usage` when there is no such run, or no such node in it. */
async function runOf({ run: id, node }: Flags<'logs'>, client: ApiClient): Promise<RunView | undefined> {
  const status = await client.status();
  const run = id === undefined ? status.run : await client.run({ id });
  if (node !== undefined) checkNames('node', [node], executorsOf({ nodes: status.nodes, run }));
  return run ?? undefined;
}
