import { constants } from 'node:os';
import { labClusterHosts } from '@vhive/lab/cluster/cluster-hosts';
import { type LabLog, labDown, labExec, labHost, labLink, labList, labReboot } from '@vhive/lab/index';
import { Command, InvalidArgumentError } from 'commander';
import type { CommandName, Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';
import { table } from '../../render/text-table.ts';
import { labDirectoriesOf } from './directories.ts';

/** `vhive-coord lab`: hosts of one's own, on this machine. Failures are thrown as VhiveError. */
export function labCommand(): Command {
  const lab = new Command('lab').description('real systemd hosts on this machine, to try things on (needs root)');
  lab.enablePositionalOptions(); // options after the program of exec are the program's
  lab.addCommand(upCommand()).addCommand(listCommand()).addCommand(execCommand());
  lab.addCommand(rebootCommand()).addCommand(linkCommand()).addCommand(downCommand());
  return lab;
}

const say: LabLog = (line) => process.stderr.write(`${line}\n`);

function command(name: CommandName & `lab ${string}`, description: string): Command {
  return withOptions(new Command(name.replace('lab ', '')).description(description), name);
}

function upCommand(): Command {
  return command(
    'lab up',
    'make sure that this many hosts run, each with vhive-agent as a service; existing ones are kept',
  ).action(async (flags: Flags<'lab up'>) => {
    const directories = labDirectoriesOf(flags);
    await untilInterrupted(async (signal) => {
      const hosts = await labClusterHosts({ ...directories, hosts: flags.hosts, log: say, signal });
      for (const host of hosts) process.stdout.write(`${host.name}  ${host.address}\n`);
      say(`a shell on the first: vhive-coord lab exec ${hosts[0]?.name} -- bash`);
    });
  });
}

function listCommand(): Command {
  return command('lab ls', 'list the hosts').action(async (flags: Flags<'lab ls'>) => {
    const hosts = (await labList(labDirectoriesOf(flags))).map(({ name, address, state, tree, host }) => {
      return { name, address, state, pid: host?.leaderPid ?? null, tree };
    });
    if (flags.output === 'json') {
      const time = new Date().toISOString();
      const lines = [
        { time, type: 'lab', hosts },
        { time, type: 'result', outcome: 'ok', exitCode: 0 },
      ];
      process.stdout.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      return;
    }
    const columns = ['NAME', 'ADDRESS', 'STATE', 'PID', 'TREE'].map((heading) => ({ heading }));
    const rows = hosts.map((host) => {
      return [host.name, host.address, host.state, String(host.pid ?? '-'), host.tree].map((text) => ({ text }));
    });
    const lines = hosts.length === 0 ? ['no lab'] : table(columns, rows, { width: Number.POSITIVE_INFINITY });
    process.stdout.write(`${lines.join('\n')}\n`);
  });
}

function execCommand(): Command {
  return command('lab exec', "run a program as root on a host; this command's exit code is the program's")
    .argument('<host>')
    .argument('<program...>', 'with its arguments')
    .passThroughOptions()
    .action(async (name: string, program: string[], flags: Flags<'lab exec'>) => {
      const host = await labHost(name, labDirectoriesOf(flags));
      // Ctrl-C is the program's to answer.
      const leave = () => undefined;
      process.on('SIGINT', leave).on('SIGQUIT', leave);
      const tty = process.stdin.isTTY === true;
      const result = await labExec(host, program, { stdio: 'inherit', tty, cwd: flags.cwd, reject: false });
      process.off('SIGINT', leave).off('SIGQUIT', leave);
      const signal = result.signal === undefined ? 0 : constants.signals[result.signal as NodeJS.Signals];
      process.exitCode = result.exitCode ?? 128 + signal;
    });
}

function rebootCommand(): Command {
  return command('lab reboot', 'reboot a host, or switch it on; waits until it is up')
    .argument('<host>')
    .action(async (name: string, flags: Flags<'lab reboot'>) => {
      await untilInterrupted((signal) => labReboot(name, { ...labDirectoriesOf(flags), log: say, signal }));
    });
}

function linkCommand(): Command {
  return command('lab link', "cut a host's network cable, or plug it in again")
    .argument('<host>')
    .argument('<state>', 'up or down', (text) => {
      if (text === 'up' || text === 'down') return text;
      throw new InvalidArgumentError('Must be up or down.');
    })
    .action(async (name: string, state: 'up' | 'down', flags: Flags<'lab link'>) => {
      await labLink(name, state, labDirectoriesOf(flags));
    });
}

function downCommand(): Command {
  return command('lab down', 'remove the hosts and everything that belongs to them').action(
    async (flags: Flags<'lab down'>) => {
      const { stateDir } = labDirectoriesOf(flags);
      await labDown({ stateDir, log: say });
      say(`the lab is gone from ${stateDir}`);
    },
  );
}

/** Does work that Ctrl-C and SIGTERM end in order. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  // Kept for the whole work: without a listener, a child's end would take this process along before it has cleaned up.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await work(controller.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
