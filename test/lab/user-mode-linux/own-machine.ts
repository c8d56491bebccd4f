import { mkdir, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { COMMANDS_UNIT, SHARE } from './disk-files.ts';
import type { MachineImage } from './machine-image.ts';

const MEMORY_MIB = 768;
/**
 * The time limit of a boot with everything that it does, in milliseconds. On a machine at rest it takes a sixth of
 * that.
 */
const BOOT_LIMIT = 180_000;
const PROJECT = join(import.meta.dirname, '../../..');

/**
 * A machine with a Linux kernel, modules, systemd, udev and a disk of its own, as a process: User Mode Linux. It needs
 * no hardware virtualisation. It has no network, and it sees of this machine only what its commands mount (hostfs).
 */
export class OwnMachine implements AsyncDisposable {
  readonly #image: MachineImage;
  readonly #directory: string;

  private constructor(image: MachineImage, directory: string) {
    this.#image = image;
    this.#directory = directory;
  }

  /**
   * Makes a new machine, switched off. What it writes on its disk is kept apart from the image and lasts until the
   * machine is disposed of.
   */
  static async make(image: MachineImage): Promise<OwnMachine> {
    const directory = await mkdtemp(join(tmpdir(), 'vhive-own-machine-'));
    await mkdir(join(directory, 'share'));
    return new OwnMachine(image, directory);
  }

  /**
   * Boots it, runs a program of this project in it with this project's Node.js, and waits until it has powered off.
   * @param program path in the project; its last argument is the file that it writes its result to, as JSON
   * @returns the result; throws with what the console showed when there is none
   */
  async boot(program: string, ...args: string[]): Promise<unknown> {
    const share = join(this.#directory, 'share');
    const result = join(share, 'result.json');
    await rm(result, { force: true });
    const mount = (what: string, where: string) => `mkdir -p ${where}; mount -r -t hostfs -o '${what}' none ${where}`;
    const commands = [
      'set -eu',
      mount(PROJECT, '/run/project'),
      mount(dirname(process.execPath), '/run/node'),
      `cd /run/project; /run/node/node ${[program, ...args].join(' ')} ${SHARE}/result.json`,
    ];
    await writeFile(join(share, 'commands'), `${commands.join('\n')}\n`);
    const console = await this.#run(share);
    const text = await readFile(result, 'utf8').catch(() => '');
    if (text === '') throw new Error(`the machine went off without a result; its console showed:\n${console}`);
    return JSON.parse(text);
  }

  async #run(share: string): Promise<string> {
    const { kernel, disk } = this.#image;
    const bootLine = [
      `mem=${MEMORY_MIB}M`,
      // Writes go to a file of the machine's own. What was not written yet is read from the image.
      `ubd0=${join(this.#directory, 'disk')},${disk}`,
      ...['root=/dev/ubda', 'rw', 'con=null', 'con0=null,fd:1', 'quiet', 'systemd.show_status=0', 'pty.legacy_count=0'],
      `systemd.unit=${COMMANDS_UNIT}`,
      `own_machine_share=${share}`,
      ...['umid=machine', `uml_dir=${this.#directory}`],
    ];
    const running = execa(kernel, bootLine, {
      env: { TMPDIR: await this.#memoryDirectory() },
      stdin: 'ignore',
      all: true,
      reject: false,
      // At SIGTERM the kernel ends together with all its processes.
      timeout: BOOT_LIMIT,
    });
    // Processes that a killed kernel leaves behind would keep its output open.
    running.nodeChildProcess.once('exit', () => endGroup(running.pid));
    const { all, timedOut } = await running;
    return `${all}${timedOut ? `\n(ended after ${BOOT_LIMIT / 1000} s)` : ''}`.replaceAll('\r', '');
  }

  /**
   * Returns the directory for the machine's memory, which is a file without a name. In containers /dev/shm is often too
   * small for it.
   */
  async #memoryDirectory(): Promise<string> {
    const { bavail, bsize } = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }));
    return bavail * bsize > 2 * MEMORY_MIB * 2 ** 20 ? '/dev/shm' : this.#directory;
  }

  /** Removes the machine's disk. The machine is off by then, because {@link boot} waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Ends the processes that a killed kernel leaves behind. The kernel is the first process of a group of its own. */
function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
