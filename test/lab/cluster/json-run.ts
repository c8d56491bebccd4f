import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type JsonLine, jsonLine, type ResultLine } from '@vhive/coordinator/cli/json-lines';

/** The outcome of a command with `--output json`. */
export interface JsonOutcome {
  exitCode: number | undefined;
  /** What people see. */
  stderr: string;
  /** The last line. */
  result: ResultLine;
}

/** A program under way, as execa gives it with `reject: false`. */
export interface RunningProgram extends PromiseLike<{ exitCode?: number; signal?: string; stderr: string }> {
  stdout: Readable | null;
}

/** A `vhive-coord ... --output json` under way. Every line of its standard output is checked when it comes. */
export class JsonRun {
  readonly lines: JsonLine[] = [];
  /** The lines that do not fit the schema. There must be none. */
  readonly malformed: string[] = [];
  /** Resolves when the command has ended, however it ended. After a kill there is no result. */
  readonly ended: Promise<{ exitCode: number | undefined; signal: string | undefined; stderr: string }>;
  #changed = Promise.withResolvers<void>();
  #over = false;

  constructor(running: RunningProgram) {
    const { stdout } = running;
    if (!stdout) throw new Error('its standard output is not ours');
    const lines = createInterface({ input: stdout });
    const closed = new Promise<void>((resolve) => lines.once('close', resolve));
    lines.on('line', (text) => {
      const line = parsed(text);
      if (line) this.lines.push(line);
      else this.malformed.push(text);
      this.#tell();
    });
    this.ended = Promise.resolve(running).then(async ({ exitCode, signal, stderr }) => {
      await closed;
      this.#over = true;
      this.#tell();
      return { exitCode, signal, stderr };
    });
  }

  /**
   * Resolves with the first line that fits, whether it was seen before or not. Rejects when the command ends without
   * one.
   */
  async seen(fits: (line: JsonLine) => boolean, what: string): Promise<JsonLine> {
    for (let next = 0; ; ) {
      for (; next < this.lines.length; next += 1) {
        const line = this.lines[next];
        if (line && fits(line)) return line;
      }
      if (this.#over) throw new Error(`the command has ended without this: ${what}\n${(await this.ended).stderr}`);
      await this.#changed.promise;
    }
  }

  /**
   * Waits for an orderly end, in which every line could be parsed and the last one is the result. Throws when it is not
   * so.
   */
  async outcome(): Promise<JsonOutcome> {
    const { exitCode, stderr } = await this.ended;
    const result = this.lines.at(-1);
    if (this.malformed.length > 0) throw new Error(`lines that are not JSON lines:\n${this.malformed.join('\n')}`);
    if (result?.type !== 'result') throw new Error(`the last line is not the result:\n${stderr}`);
    return { exitCode, stderr, result };
  }

  /** Returns the lines of one type. */
  of<T extends JsonLine['type']>(type: T): Extract<JsonLine, { type: T }>[] {
    return this.lines.filter((line): line is Extract<JsonLine, { type: T }> => line.type === type);
  }

  #tell(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve();
  }
}

function parsed(text: string): JsonLine | undefined {
  try {
    return jsonLine.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Matches the line that says that a task of a step has begun. The step is then in its middle. */
export function taskStarted(step: string, task?: string): (line: JsonLine) => boolean {
  return (line) =>
    line.type === 'task' && line.step === step && line.status === 'started' && (task ?? line.task) === line.task;
}

/**
 * Returns how often each step was begun, by the events of the run. A command that resumes a run is told all stored
 * events.
 */
export function attempts(run: JsonRun): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of run.of('step')) if (line.status === 'running') counts[line.step] = (counts[line.step] ?? 0) + 1;
  return counts;
}
