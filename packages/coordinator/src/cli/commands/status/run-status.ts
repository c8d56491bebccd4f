import { withExisting } from '../../attach.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { Flags } from '../../options/command-options.ts';
import { statusLines } from '../../render/status-lines.ts';
import { watch } from './watch.ts';

/** Prints the status once, or watches it. With JSON lines nothing is written for people. */
export async function runStatus(flags: Flags<'status'>, context: CliContext): Promise<void> {
  const { io } = context;
  await withInterrupt(io, (signal) =>
    withExisting(
      flags,
      context,
      async (client, connection) => {
        const newest = await client.status();
        const status = flags.run === undefined ? newest : { ...newest, run: await client.run({ id: flags.run }) };
        io.line({ type: 'status', status });
        const room = { width: io.width, now: new Date(), attached: connection.attached, words: io.words };
        if (!io.json && (!flags.watch || status.run?.status !== 'running'))
          for (const line of statusLines(status, room, io.style)) io.say(line);
        if (flags.watch) await watch(connection, status, io, signal);
      },
      { hearNodes: true },
    ),
  );
}
