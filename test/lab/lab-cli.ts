import { labCommand } from '@vhive/coordinator/cli/commands/lab/command';
import * as cluster from '@vhive/lab/cluster/cluster-hosts';
import * as lab from '@vhive/lab/index';
import { messageOf, VhiveError } from '@vhive/shared';

// The lab's command line as a program of its own, for tests of what only a process shows: exit codes and streams.
try {
  await labCommand({ hooks: { lab: async () => ({ ...lab, ...cluster }) } }).parseAsync();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n${error instanceof VhiveError ? error.hint : ''}\n`);
  process.exitCode = 99;
}
