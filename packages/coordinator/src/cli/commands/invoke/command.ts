import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord invoke`, which calls functions at a rate and measures them. */
export function invokeCommand(context: CliContext): Command {
  const command = new Command('invoke')
    .argument('[host...]', 'names of endpoints, instead of a file of them')
    .summary('call functions at a rate, and measure latencies')
    .description(
      'Calls endpoints at a rate, whether they keep up or not, and measures how long each call takes: from when it was to ' +
        'be sent, and from when it was sent. No coordinator is needed, but with --from. The flags of vSwarm’s invoker are taken too, with ' +
        'one dash: -endpointsFile, -rps, -time, -latf, -durf, -profile, -port, -trace, -zipkin, -grpcTimeout, -dbg.',
    );
  return withOptions(command, 'invoke')
    .addHelpText(
      'after',
      `
Exit codes: 0 the load was sent, whatever some calls said; 4 all calls failed, or a --fail-if holds; 2 wrong options, endpoints
or schedule; 3 no room for the results; 6 no gateway answers; 130 interrupted, with the results of what was sent.

Examples:
  vhive-coord invoke --rps 20 --time 1m
  vhive-coord invoke helloworld-0.default.192.168.1.240.sslip.io --gateway 192.168.1.240 --rps 5
  vhive-coord invoke --arrivals poisson --rps 100 --time 5m --warm-up 30s --fail-if 'p99>200ms' --fail-if 'errors>1%'
  vhive-coord invoke --from node2,node3 --rps 4000 --time 2m
  vhive-coord invoke --endpoints endpoints.json --save-schedule load.jsonl && vhive-coord invoke --schedule load.jsonl`,
    )
    .action(async (hosts: string[], flags: Flags<'invoke'>) => {
      const { from } = flags;
      if (from !== undefined) {
        const { runFrom } = await import('./run-from.ts');
        return await runFrom(hosts, from, flags, context);
      }
      const { runInvoke } = await import('./run-invoke.ts');
      await runInvoke(hosts, flags, context);
    });
}
