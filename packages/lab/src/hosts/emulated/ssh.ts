import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { LabHost } from '../../types.ts';
import {
  executionOptions,
  type LabExecOptions,
  type LabExecution,
  rootEnvironment,
  whenStopped,
} from '../exec-options.ts';
import { unpackedProgram } from './emulator-tools.ts';
import { controlPort } from './guest-files.ts';
import { pathsBeside } from './host-paths.ts';
import { imageIn } from './image.ts';
import { lineOf } from './line.ts';
import { endCommand, remoteCommand } from './remote-command.ts';

/** How long it may take until the host's sshd answers, in seconds. Starting a process takes many times as long there. */
const answerLimit = 60;
/** The same for a host that may not have booted yet, and is asked again. */
const probeLimit = 10;

/**
 * Runs ssh in the network namespace of the lab's bridge, where the lines to the hosts are. A program that a signal has
 * ended shows by its exit code, as with any shell; this shell then ends by the same signal, as programs in containers
 * do. The arguments are the file of the namespace and the command.
 */
const localScript = `
namespace=$1; shift
setpriv --pdeathsig=KILL nsenter --net="$namespace" -- "$@"
code=$?
[ $code -gt 128 ] && [ $code -lt 193 ] && kill -$((code - 128)) $$
exit $code
`;

/** The algorithms that cost least where every instruction is emulated. Nobody can listen to the line. */
const algorithms = [
  ...['-o', 'KexAlgorithms=curve25519-sha256', '-o', 'HostKeyAlgorithms=ssh-ed25519'],
  ...['-o', 'Ciphers=chacha20-poly1305@openssh.com', '-o', 'Compression=no'],
];

/** Runs a program on an emulated host by ssh, over the line that only the lab has. */
export function execOverSsh(host: LabHost, argv: readonly string[], options: LabExecOptions): LabExecution {
  const canStop = options.signal !== undefined || options.timeout !== undefined;
  const id = canStop ? randomBytes(6).toString('hex') : undefined;
  const command = remoteCommand({ argv, cwd: options.cwd ?? '/', path: rootEnvironment.PATH, id });
  const running = execa('sh', sshCommand(host, command, { tty: options.tty }), executionOptions(options));
  if (id !== undefined)
    whenStopped(options, running, () => endProgram(host, id, running, options.killAfterMs ?? 5_000));
  return running as unknown as LabExecution;
}

/** Returns the identity of a host's present boot; undefined as long as its sshd does not answer. */
export async function bootIdOf(host: LabHost): Promise<string | undefined> {
  const command = remoteCommand({
    argv: ['cat', '/proc/sys/kernel/random/boot_id'],
    cwd: '/',
    path: rootEnvironment.PATH,
  });
  const settings = executionOptions({ reject: false });
  const { exitCode, stdout } = await execa('sh', sshCommand(host, command, { limit: probeLimit }), settings);
  return exitCode === 0 ? String(stdout).trim() : undefined;
}

/** Ends the program on the host, and this end of the session if the host does not answer. */
function endProgram(host: LabHost, id: string, running: { kill(signal: 'SIGKILL'): boolean }, killAfterMs: number) {
  const end = (signal: 'TERM' | 'KILL') =>
    execa('sh', sshCommand(host, endCommand(id, signal)), { reject: false, stdio: 'ignore' });
  void end('TERM');
  setTimeout(() => void end('KILL'), killAfterMs).unref();
  setTimeout(() => running.kill('SIGKILL'), killAfterMs + answerLimit * 1000).unref();
}

function sshCommand(
  host: LabHost,
  command: string,
  { tty = false, limit = answerLimit }: { tty?: boolean | undefined; limit?: number } = {},
): string[] {
  const { image, directory } = pathsBeside(host.tree);
  const { tools, key } = imageIn(readlinkSync(image));
  const settings = [
    ...['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null'],
    ...['LogLevel=ERROR', 'GSSAPIAuthentication=no', 'PreferredAuthentications=publickey', 'SendEnv=*'],
    ...[`ConnectTimeout=${limit}`, 'ServerAliveInterval=30', 'ServerAliveCountMax=4'],
  ].flatMap((setting) => ['-o', setting]);
  const ssh = [...unpackedProgram(tools, 'usr/bin/ssh'), '-F', 'none', '-i', key, ...settings, ...algorithms];
  const target = [tty ? '-tt' : '-T', '-p', String(controlPort), `root@${lineOf(host.address)}`, command];
  // The namespace of the bridge lies beside the directory of all hosts.
  return ['-c', localScript, 'lab-exec', join(directory, '../../bridge.netns'), ...ssh, ...target];
}
