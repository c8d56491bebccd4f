import { watch } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import * as z from 'zod';
import type { CommandResult } from '../host/host.ts';

const faultList = z.array(
  z.strictObject({
    /**
     * The program, followed by words of its command line in their order; other words may stand between them. Example:
     * "apt-get install".
     */
    command: z.string().min(1),
    /** "fail" ends the command with exit code 1. "hang" keeps it waiting until the fault is removed from the list. */
    effect: z.enum(['fail', 'hang']),
    /**
     * The command fails this many times and then works again. When absent, it fails as long as the fault is in the
     * list.
     */
    times: z.number().int().positive().optional(),
    /** The text that a failing command prints. */
    message: z.string().default('a fault that faults.json of this simulated machine asks for'),
  }),
);
type Fault = z.infer<typeof faultList>[number];

/**
 * The faults of a simulated machine, for learning and for tests: `faults.json` in the machine's directory lists
 * commands that fail or hang. The file is read again for each command.
 */
export class SimulatedFaults {
  readonly #directory: string;
  readonly #file: string;

  /** @param directory the directory of the machine, which is the parent of its root */
  constructor(directory: string) {
    this.#directory = directory;
    this.#file = join(directory, 'faults.json');
  }

  /**
   * Returns the result that a fault gives to a command. It is undefined when there is no fault for it, or when it hung
   * and may go on. Throws an error with the code `usage` when the file is not a valid list, and the signal's reason
   * when that aborts a hanging command.
   */
  async meet(argv: readonly string[], signal: AbortSignal | undefined): Promise<CommandResult | undefined> {
    const fault = await this.#faultOf(argv);
    if (fault?.effect === 'hang') {
      await this.#lifted(argv, signal);
      return undefined;
    }
    if (!fault) return undefined;
    await this.#count(fault);
    return { exitCode: 1, stdout: '', stderr: `${fault.message}\n` };
  }

  async #faultOf(argv: readonly string[]): Promise<Fault | undefined> {
    return (await this.#read()).find(({ command }) => isMeant(command, argv));
  }

  async #read(): Promise<Fault[]> {
    const text = await readFile(this.#file, 'utf8').catch(() => '[]');
    try {
      return faultList.parse(JSON.parse(text));
    } catch (cause) {
      throw new VhiveError({ code: 'usage', message: `${this.#file} is no list of faults: ${String(cause)}`, cause });
    }
  }

  /** Resolves when no fault makes the command hang any more. */
  async #lifted(argv: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    const lifted = Promise.withResolvers<void>();
    const look = () => {
      this.#faultOf(argv).then((fault) => fault?.effect !== 'hang' && lifted.resolve(), lifted.reject);
    };
    const abort = () => lifted.reject(signal?.reason);
    const watcher = watch(this.#directory, look);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      look();
      await lifted.promise;
    } finally {
      watcher.close();
      signal?.removeEventListener('abort', abort);
    }
  }

  async #count(fault: Fault): Promise<void> {
    if (fault.times === undefined) return;
    const left = (await this.#read()).flatMap((other) => {
      if (other.command !== fault.command) return [other];
      return other.times === undefined || other.times === 1 ? [] : [{ ...other, times: other.times - 1 }];
    });
    await writeFile(`${this.#file}.new`, JSON.stringify(left));
    await rename(`${this.#file}.new`, this.#file);
  }
}

function isMeant(command: string, [path = '', ...args]: readonly string[]): boolean {
  const [program, ...words] = command.split(' ');
  if (path.slice(path.lastIndexOf('/') + 1) !== program) return false;
  let from = 0;
  return words.every((word) => {
    from = args.indexOf(word, from) + 1;
    return from > 0;
  });
}
