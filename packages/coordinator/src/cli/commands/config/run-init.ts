import { commentedClusterFile } from '@vhive/core/cluster-file/commented/commented-file';
import { overlay } from '@vhive/core/cluster-file/overlays';
import { VhiveError } from '@vhive/shared';
import type { CliContext } from '../../context.ts';
import { clusterConfig } from '../../options/cluster-settings.ts';
import type { Flags } from '../../options/command-options.ts';
import { overlaysOf } from '../../options/overlays.ts';

/** Writes a cluster file with what the flags set. Throws `usage` for what cannot go together. */
export async function runInit(flags: Flags<'config init'>, { io }: CliContext): Promise<void> {
  if (flags.config !== undefined)
    throw new VhiveError({
      code: 'usage',
      message: 'config init writes a new cluster file, and --config names one that is there',
      hint: `check that one: vhive-coord config validate ${flags.config}`,
    });
  await clusterConfig(flags);
  io.stdout.write(commentedClusterFile(overlay({}, overlaysOf(flags))));
}
