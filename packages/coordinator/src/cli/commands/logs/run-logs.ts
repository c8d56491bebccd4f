import { resolve } from 'node:path';
import type { LogLine } from '@vhive/shared';
import { withExisting } from '../../attach.ts';
import type { ApiClient } from '../../client/client.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { exportLogs } from './export-logs.ts';
import { inOrder } from './in-order.ts';
import { logText } from './log-text.ts';

/** Prints, follows or exports the output of steps. */
export async function runLogs(flags: Flags<'logs'>, context: CliContext): Promise<void> {
  const { io } = context;
  await withInterrupt(io, (signal) =>
    withExisting(flags, context, async (client) => {
      const selection = { run: await runOf(flags, client), node: flags.node, phase: flags.phase };
      if (flags.export !== undefined) {
        const directory = resolve(flags.export);
        const files = await exportLogs(client.logs(selection, signal), directory);
        const text = `wrote ${files.length} files to ${directory}`;
        io.line({ type: 'message', level: 'info', text });
        return io.say(text);
      }
      const lines = flags.follow ? client.followLogs(selection, signal) : client.logs(selection, signal);
      await print(inOrder(lines), io);
    }),
  );
}

async function print(lines: AsyncIterable<LogLine>, io: CliIo): Promise<void> {
  for await (const line of lines) {
    if (io.json) io.line({ type: 'log', line });
    else io.say(logText(line, io.style));
  }
}

async function runOf(flags: Flags<'logs'>, client: ApiClient): Promise<string | undefined> {
  if (flags.run !== undefined) return flags.run;
  return (await client.status()).run?.runId;
}
