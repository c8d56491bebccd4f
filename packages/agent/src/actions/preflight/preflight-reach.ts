import { messageOf } from '@vhive/shared';
import { type Action, ActionError } from '../kit/action.ts';

/** The action `preflight.reach`, whose contract says what it does. */
export const preflightReach: Action<'preflight.reach'> = {
  async check({ targets, timeoutMs }, { host, signal }) {
    const pairs = targets.flatMap(({ node, address, ports }) => ports.map((port) => ({ node, address, port })));
    const results = await Promise.all(
      pairs.map(async ({ node, address, port }) => {
        try {
          await host.connect(address, port, { timeoutMs, signal });
          return undefined;
        } catch (error) {
          return `${node} ${address}:${port}: ${messageOf(error)}`;
        }
      }),
    );
    signal.throwIfAborted();
    const failures = results.filter((result) => result !== undefined);
    if (failures.length > 0)
      throw new ActionError({
        code: 'preflight',
        message: `${failures.length} of ${pairs.length} ports of other nodes cannot be reached from here:\n${failures.map((line) => `  - ${line}`).join('\n')}`,
        hint: 'open these ports in the firewall or security group of those nodes; or is the wrong network chosen? See --lan',
      });
    return { converged: true, outputs: { reached: pairs.length } };
  },
  apply: async () => undefined,
};
