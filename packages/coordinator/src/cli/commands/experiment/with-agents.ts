import { messageOf } from '@vhive/shared';
import type { AgentUsage } from '../../../experiments/collect/agent-usage.ts';
import { withExisting } from '../../attach.ts';
import type { CliContext } from '../../context.ts';
import type { SaidCoordinatorFlags } from '../../options/coordinator-options.ts';

/**
 * Does work with what agents tell of their hosts, by way of the coordinator of this host. Where there is none, or it does
 * not answer, the work is done without, and is given the reason.
 */
export async function withAgents<T>(
  flags: SaidCoordinatorFlags,
  context: CliContext,
  work: (agents: AgentUsage | { missing: string }) => Promise<T>,
): Promise<T> {
  let begun = false;
  try {
    return await withExisting(
      flags,
      context,
      async (client) => {
        begun = true;
        return await work((signal) => client.usage({}, signal));
      },
      { withHosts: true },
    );
  } catch (error) {
    if (begun) throw error;
    return await work({ missing: messageOf(error) });
  }
}
