import { VhiveError } from '@vhive/shared';
import { checkMirror } from '../../options/check-mirror.ts';
import { type ClusterSettings, clusterSettings } from '../../options/cluster-settings.ts';
import type { Flags } from '../../options/command-options.ts';
import { checkForwardable } from '../../options/forward.ts';

/** The checked settings of `up`. */
export interface UpSettings extends ClusterSettings {
  nodes: number;
  /** The number of simulated hosts, as it is given or as the state directory is that of a simulation. */
  simulate: number | undefined;
  /** The node that is to be the master; undefined means the coordinator's own host. */
  controlPlane: string | undefined;
}

/** Reads and checks the settings of `up`. Throws code `usage` or `preflight`, naming every problem. Touches nothing. */
export async function upSettings(flags: Flags<'up'>, env: NodeJS.ProcessEnv): Promise<UpSettings> {
  if (flags.lab !== undefined) checkForwardable(flags);
  else checkNoLab(flags);
  const settings = await clusterSettings(flags, env);
  await checkMirror(flags);
  const simulate = flags.simulate ?? settings.remembered.simulation?.hosts;
  const made = flags.lab ?? simulate;
  const nodes = settings.nodes ?? made;
  if (nodes === undefined)
    throw new VhiveError({
      code: 'usage',
      message: 'how many nodes? Neither --nodes, VHIVE_NODES nor the cluster file says it',
      hint: 'say it with --nodes N (the master included); to try it first: vhive-coord up --simulate 4',
    });
  if (made !== undefined && nodes > made)
    throw new VhiveError({
      code: 'usage',
      message: `${nodes} nodes cannot be had from ${made} hosts (${flags.lab === undefined ? '--simulate' : '--lab'})`,
      hint: `ask for ${made} nodes or fewer, or for more hosts`,
    });
  const { nodes: asked, simulate: hosts } = flags.origins;
  if (asked !== undefined && hosts !== undefined && nodes !== made)
    throw new VhiveError({
      code: 'usage',
      message: `${asked} ${nodes} and ${hosts} ${made} contradict each other: all simulated hosts become nodes`,
      hint: `say one number: --simulate ${made}`,
    });
  return { ...settings, nodes, controlPlane: settings.config.controlPlane, simulate };
}

/** Refuses what only a lab has a use for. */
function checkNoLab({ origins }: Flags<'up'>): void {
  const says = { '--stack': 'says what a lab is made for', '--source': 'says where the software of a lab is from' };
  for (const [flag, what] of Object.entries(says))
    if (origins[flag.slice(2)] === flag)
      throw new VhiveError({
        code: 'usage',
        message: `${flag} ${what}, and there is no --lab`,
        hint: 'add --lab N, or leave it out',
      });
}
