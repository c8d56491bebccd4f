import { FROM_INTERNET, VhiveError } from '@vhive/shared';
import { hasState } from '../../connect.ts';
import type { CliContext } from '../../context.ts';
import { aborted, withInterrupt } from '../../interrupt.ts';
import type { Flags } from '../../options/command-options.ts';
import { existingCoordinator } from '../../options/coordinator-options.ts';
import { readRemembered } from '../../options/remembered.ts';

/** Answers with images until it is told to end. Where no mirror tree is named, it is the one that the cluster remembers. */
export async function runServeImages(flags: Flags<'serve-images'>, { io, hooks }: CliContext): Promise<void> {
  const { stateDir, httpsPort, logLevel, mirror: named } = await existingCoordinator(flags, io.env);
  if (!(await hasState(stateDir)))
    throw new VhiveError({
      code: 'usage',
      message: `there is no cluster whose nodes could ask for images: ${stateDir} holds the state of none`,
      hint: 'bring up a cluster: vhive-coord up --nodes N --mirror DIR; if its state is elsewhere, name it with --state-dir',
    });
  const mirror = named ?? (await readRemembered(stateDir)).record?.run?.basis.mirror;
  if (mirror === undefined || mirror === FROM_INTERNET)
    throw new VhiveError({
      code: 'usage',
      message: 'there is no mirror tree to take images from',
      hint: 'name it: vhive-coord serve-images --mirror DIR',
    });
  await withInterrupt(io, async (signal) => {
    const { url, stop } = await hooks.serveImages({ stateDir, httpsPort, logLevel, mirror });
    io.say(`images of ${mirror} at ${url}`);
    await aborted(signal);
    await stop();
  });
}
