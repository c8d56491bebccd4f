import { chooseReporter } from '../../follow/choose-reporter.ts';
import type { Reporter } from '../../follow/reporter.ts';
import type { CliIo } from '../../io.ts';
import { EVERY, progressLine } from '../../render/load/progress-teller.ts';

/**
 * Makes a reporter of a job that also tells how the load of each node goes: as JSON lines, and as a line now and then where
 * no picture moves.
 */
export async function generatorReporter(io: CliIo, totalMs: number | undefined): Promise<Reporter> {
  const reporter = await chooseReporter(io);
  const told = new Map<string, number>();
  return {
    ...reporter,
    progress(progress, run) {
      reporter.progress(progress, run);
      const { load } = progress;
      const node = run.step(progress.stepId)?.node;
      if (load === undefined || node === undefined) return;
      io.line({ type: 'load-progress', ...load, node });
      const times = (told.get(node) ?? 0) + 1;
      told.set(node, times);
      if (!io.text.isTTY && times % EVERY === 0) io.say(`${node}: ${progressLine(load, totalMs)}`);
    },
  };
}
