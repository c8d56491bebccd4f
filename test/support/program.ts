import { EventEmitter, once } from 'node:events';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type JsonLine, jsonLine, type ResultLine } from '@vhive/coordinator/cli/json-lines';
import { execa } from 'execa';
import { natsBinary } from './nats-binary.ts';

const bin = join(import.meta.dirname, '../../bin');

/** How long a program that was told to end may take, in milliseconds. */
const END_MS = 20_000;

/**
 * A launcher of the repository (`bin/vhive-coord`, `bin/vhive-agent`), run as a person would run it, in a process of
 * its own.
 */
export class Program {
  /** The whole command line, for error messages. */
  readonly command: string;
  stdout = '';
  stderr = '';
  readonly #child;
  readonly #output = new EventEmitter<{ more: [] }>();
  /** Resolves with the exit code, or with 128 + signal. */
  readonly ended: Promise<number>;
  #exitCode: number | undefined;

  private constructor(name: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    this.command = [name, ...args].join(' ');
    this.#output.setMaxListeners(0);
    this.#child = execa(join(bin, name), args, {
      env,
      extendEnv: false,
      stdin: 'ignore',
      buffer: false,
      reject: false,
      cleanup: true,
    });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.stdout += chunk;
      this.#output.emit('more');
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk;
      this.#output.emit('more');
    });
    this.ended = this.#child.then(({ exitCode, signal }) => {
      this.#exitCode = exitCode ?? 128 + (signal === 'SIGKILL' ? 9 : 15);
      this.#output.emit('more');
      return this.#exitCode;
    });
  }

  /** Starts the program with these variables and none of ours, except those that every program needs. */
  static async start(name: 'vhive-coord' | 'vhive-agent', args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const path = `${dirname(await natsBinary())}:${process.env.PATH ?? ''}`;
    return new Program(name, args, { PATH: path, HOME: process.env.HOME, ...env });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#exitCode === undefined;
  }

  /**
   * Resolves with what `look` finds, which is called whenever something was printed. Rejects when the program ends
   * before.
   */
  async until<T>(look: (program: this) => T | undefined | false): Promise<T> {
    for (;;) {
      const found = look(this);
      if (found !== undefined && found !== false) return found;
      if (!this.running) throw new Error(`${this.command} ended (${this.#exitCode}) before its time:\n${this.#tail()}`);
      await once(this.#output, 'more');
    }
  }

  /** Resolves when this text was printed to either stream. */
  async says(text: string | RegExp): Promise<void> {
    await this.until(({ stdout, stderr }) => [stdout, stderr].some((said) => said.search(text) >= 0));
  }

  /** Returns the JSON lines so far. Throws at a line that is not JSON or does not fit its schema. */
  lines(): JsonLine[] {
    const whole = this.stdout.slice(0, this.stdout.lastIndexOf('\n') + 1);
    return whole
      .split('\n')
      .slice(0, -1)
      .map((line) => jsonLine.parse(JSON.parse(line)));
  }

  /** Resolves with the first JSON line that fits. */
  line<T extends JsonLine['type']>(
    type: T,
    fits: (line: Extract<JsonLine, { type: T }>) => boolean = () => true,
  ): Promise<Extract<JsonLine, { type: T }>> {
    const isWanted = (line: JsonLine): line is Extract<JsonLine, { type: T }> =>
      line.type === type && fits(line as Extract<JsonLine, { type: T }>);
    return this.until(() => this.lines().find(isWanted));
  }

  /** Waits for the end and returns the last line. */
  async result(): Promise<ResultLine> {
    const exitCode = await this.ended;
    const last = this.lines().at(-1);
    if (last?.type !== 'result' || last.exitCode !== exitCode)
      throw new Error(`${this.command} ended (${exitCode}) without that result:\n${this.#tail()}`);
    return last;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Kills the program as a power cut would. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Asks the program to end, and kills it when it does not. */
  async stop(): Promise<number> {
    this.signal('SIGTERM');
    const late = setTimeout(() => this.signal('SIGKILL'), END_MS);
    const exitCode = await this.ended;
    clearTimeout(late);
    return exitCode;
  }

  #tail(): string {
    return stripVTControlCharacters(`${this.stdout.slice(-2_000)}\n${this.stderr.slice(-4_000)}`);
  }
}
