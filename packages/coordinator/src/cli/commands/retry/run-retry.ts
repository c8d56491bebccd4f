import { VhiveError } from '@vhive/shared';
import { withExisting } from '../../attach.ts';
import type { CliContext } from '../../context.ts';
import { chooseReporter } from '../../follow/choose-reporter.ts';
import { followRun } from '../../follow/follow-run.ts';
import { interruptedError } from '../../follow/interrupted.ts';
import { reportRun } from '../../follow/report-run.ts';
import { withInterrupt } from '../../interrupt.ts';
import { checkNames, executorsOf } from '../../known-names.ts';
import type { Flags } from '../../options/command-options.ts';

/** Tries again what failed in the newest run, and follows it. */
export async function runRetry(flags: Flags<'retry'>, context: CliContext): Promise<void> {
  await withInterrupt(context.io, (signal) =>
    withExisting(
      flags,
      context,
      async (client, connection) => {
        const status = await client.status();
        const { run } = status;
        if (run === null)
          throw new VhiveError({
            code: 'usage',
            message: 'there is no run to retry: none was ever begun',
            hint: 'vhive-coord up --nodes N',
          });
        checkNames('node', flags.node ?? [], executorsOf(status));
        await client.retryRun({ id: run.runId, nodes: flags.node ?? [] });
        const reporter = await chooseReporter(context.io);
        try {
          const followed = await followRun(connection, run.runId, reporter, signal);
          reporter.close();
          reportRun(followed, context.io, { verbose: flags.verbose });
        } catch (cause) {
          throw signal.aborted ? interruptedError(run.runId, connection.attached) : cause;
        } finally {
          reporter.close();
        }
      },
      { withHosts: true },
    ),
  );
}
