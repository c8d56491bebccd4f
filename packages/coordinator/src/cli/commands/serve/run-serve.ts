import { VhiveError } from '@vhive/shared';
import { runningEndpoint } from '../../connect.ts';
import type { CliContext } from '../../context.ts';
import { aborted, withInterrupt } from '../../interrupt.ts';
import type { Flags } from '../../options/command-options.ts';
import { existingCoordinator } from '../../options/coordinator-options.ts';

/** Runs the coordinator until it is told to end. Its log goes to standard error. */
export async function runServe(flags: Flags<'serve'>, { io, hooks }: CliContext): Promise<void> {
  const options = { ...(await existingCoordinator(flags, io.env)), service: true };
  const running = await runningEndpoint(options.stateDir);
  if (running)
    throw new VhiveError({
      code: 'usage',
      message: `a coordinator of ${options.stateDir} runs already, at ${running.url}`,
      hint: 'use it: vhive-coord status; or end it: systemctl stop vhive-coord',
    });
  await withInterrupt(io, async (signal) => {
    const coordinator = await hooks.startCoordinator(options);
    io.say(`coordinator of cluster ${coordinator.cluster} at ${coordinator.url}`);
    await aborted(signal);
    await coordinator.stop();
  });
}
