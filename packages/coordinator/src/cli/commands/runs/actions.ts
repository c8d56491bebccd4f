import { VhiveError } from '@vhive/shared';
import { withExisting } from '../../attach.ts';
import type { CliContext } from '../../context.ts';
import { chooseReporter } from '../../follow/choose-reporter.ts';
import { followRun } from '../../follow/follow-run.ts';
import { interruptedError } from '../../follow/interrupted.ts';
import { reportOf } from '../../follow/run-report.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { SaidCoordinatorFlags } from '../../options/coordinator-options.ts';
import { reportLines } from '../../render/report-lines.ts';
import { basisLines, runTable } from '../../render/run-table.ts';
import { waitSection } from '../../render/waits/wait-reasons.ts';

/** Prints all runs. */
export async function listRuns(flags: SaidCoordinatorFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const runs = await withExisting(flags, context, (client) => client.runs());
  if (io.json) return io.line({ type: 'runs', runs });
  if (runs.length === 0) return io.say('no run yet; begin one: vhive-coord up --nodes N');
  for (const line of runTable(runs, { width: io.width, now: new Date() }, io.style)) io.say(line);
}

/** Prints one run: the given one or, without one, the newest that is no dry run. */
export async function showRun(id: string | undefined, flags: SaidCoordinatorFlags, context: CliContext): Promise<void> {
  const { io } = context;
  const run = await withExisting(flags, context, async (client) =>
    id === undefined ? (await client.status()).run : await client.run({ id }),
  );
  if (run === null)
    throw new VhiveError({
      code: 'usage',
      message: 'there is no run to show: none was ever begun',
      hint: 'begin one: vhive-coord up --nodes N',
    });
  if (io.json) return io.line({ type: 'run', run });
  const now = new Date();
  const end = run.finishedAt === undefined ? now.getTime() : Date.parse(run.finishedAt);
  const seconds = Math.max(0, end - Date.parse(run.createdAt)) / 1000;
  const room = { width: io.width, mostNodes: Number.POSITIVE_INFINITY };
  const report = reportLines(reportOf(run, now), seconds, room, io.style, io.words);
  for (const line of [...basisLines(run), ...waitSection(run, io.width), ...report]) io.say(line);
}

/**
 * Cancels a run and waits for its end. Where no coordinator runs, one is started that ends the run and then itself; it
 * listens for its agents first, so that they can be told to stop.
 */
export async function cancelRun(id: string, flags: SaidCoordinatorFlags, context: CliContext): Promise<void> {
  const { io } = context;
  await withInterrupt(io, (signal) =>
    withExisting(
      flags,
      context,
      async (client, connection) => {
        const before = await client.run({ id });
        if (before.status !== 'running') return done(context, id, `run ${id} has ended already: ${before.status}`);
        await client.cancelRun({ id });
        const reporter = await chooseReporter(io);
        try {
          const { status } = await followRun(connection, id, reporter, signal);
          reporter.close();
          done(context, id, status === 'cancelled' ? `run ${id} is cancelled` : `run ${id} has ended: ${status}`);
        } catch (cause) {
          throw signal.aborted ? interruptedError(id, connection.attached) : cause;
        } finally {
          reporter.close();
        }
      },
      { hearNodes: true },
    ),
  );
}

function done({ io }: CliContext, runId: string, text: string): void {
  io.tell(text);
  io.result = { ...io.result, runId };
}
