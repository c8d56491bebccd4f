import { constants } from 'node:os';
import { resolve } from 'node:path';
import { printableJson, terminalEntry } from '@vhive/shared';
import { checkMirror } from '../../options/check-mirror.ts';
import type { Flags } from '../../options/command-options.ts';
import { table } from '../../render/text-table.ts';
import type { Lab, LabDirectories } from './lab.ts';

/** The values of the options that every lab command takes. */
type LabFlags = Flags<'lab down'>;

const say = (line: string) => void process.stderr.write(`${terminalEntry(line)}\n`);

/** Makes sure that the hosts run, and prints their names and addresses. */
export async function makeHosts(flags: Flags<'lab up'>, lab: Lab): Promise<void> {
  await untilInterrupted(async (signal) => {
    const { hosts: containers, emulated, stack, source, mirror } = flags;
    await checkMirror(flags);
    const made = { hosts: containers, emulated, stack, source, mirror };
    const hosts = await lab.labClusterHosts({ ...directoriesOf(flags, lab), ...made, log: say, signal });
    for (const host of hosts) process.stdout.write(`${host.name}  ${host.address}\n`);
    say(`a shell on the first: vhive-coord lab exec ${hosts[0]?.name} -- bash`);
  });
}

/** Prints all hosts, whether they run or not. */
export async function listHosts(flags: Flags<'lab ls'>, lab: Lab): Promise<void> {
  const hosts = (await lab.labList(directoriesOf(flags, lab))).map(({ name, kind, address, state, tree, host }) => {
    return { name, kind, address, state, pid: host?.leaderPid ?? null, tree };
  });
  if (flags.output === 'json') {
    const time = new Date().toISOString();
    const lines = [
      { time, type: 'lab', hosts },
      { time, type: 'result', outcome: 'ok', exitCode: 0 },
    ];
    process.stdout.write(lines.map((line) => `${printableJson(JSON.stringify(line))}\n`).join(''));
    return;
  }
  const columns = ['NAME', 'KIND', 'ADDRESS', 'STATE', 'PID', 'DISK'].map((heading) => ({ heading }));
  const rows = hosts.map((host) => {
    const { name, kind, address, state, pid, tree } = host;
    return [name, kind, address, state, String(pid ?? '-'), tree].map((text) => ({ text }));
  });
  const lines = hosts.length === 0 ? ['no lab'] : table(columns, rows, { width: Number.POSITIVE_INFINITY });
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Runs a program as root on a host. The exit code of this process becomes the program's. */
export async function runOnHost(name: string, program: string[], flags: Flags<'lab exec'>, lab: Lab): Promise<void> {
  const host = await lab.labHost(name, directoriesOf(flags, lab));
  // Ctrl-C is for the program on the host, which decides what to do about it.
  const leave = () => undefined;
  process.on('SIGINT', leave).on('SIGQUIT', leave);
  const tty = process.stdin.isTTY === true;
  const result = await lab.labExec(host, program, { stdio: 'inherit', tty, cwd: flags.cwd, reject: false });
  process.off('SIGINT', leave).off('SIGQUIT', leave);
  const signal = result.signal === undefined ? 0 : constants.signals[result.signal as NodeJS.Signals];
  process.exitCode = result.exitCode ?? 128 + signal;
}

/** Reboots a host and waits until it is up. */
export async function rebootHost(name: string, flags: LabFlags, lab: Lab): Promise<void> {
  await untilInterrupted((signal) => lab.labReboot(name, { ...directoriesOf(flags, lab), log: say, signal }));
}

/** Cuts a host's network cable, or plugs it in again. */
export async function linkHost(name: string, state: 'up' | 'down', flags: LabFlags, lab: Lab): Promise<void> {
  await lab.labLink(name, state, directoriesOf(flags, lab));
}

/** Removes the lab. */
export async function removeHosts(flags: LabFlags, lab: Lab): Promise<void> {
  const { stateDir } = directoriesOf(flags, lab);
  await lab.labDown({ stateDir, log: say });
  say(`the lab is gone from ${stateDir}`);
}

function directoriesOf(flags: LabFlags, lab: Lab): LabDirectories {
  const { stateDir, cacheDir } = lab.defaultLabDirectories();
  return { stateDir: resolve(flags.labDir ?? stateDir), cacheDir: resolve(flags.labCache ?? cacheDir) };
}

/** Does work that ends in an orderly way at Ctrl-C and SIGTERM. */
async function untilInterrupted(work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  // The listeners stay for the whole work. Without them, the signal that ends a child process would also end this
  // process before it has cleaned up.
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await work(controller.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}
