import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** The program under test. */
export const COORD = join(import.meta.dirname, '../../bin/vhive-coord');

/** How an `up` went, as seen from outside. */
export interface UpOutcome {
  /** Absent when a signal ended it. */
  exitCode: number | undefined;
  signal: string | undefined;
  /** The last line of standard output when it is a result. */
  result: { outcome?: string; exitCode?: number; changed?: number; message?: string } | undefined;
  /** Whether anything was printed at all: a signal that comes before the program runs cannot be answered. */
  printed: boolean;
  /** The longest time without a line, seconds, and the line before it. */
  silence: { seconds: number; after: string };
  /** Lines of stack traces that a person saw. */
  traces: string[];
}

/** A running `vhive-coord up`, whose output is watched and kept. */
export class WatchedUp {
  readonly pid: number;
  readonly ended: Promise<UpOutcome>;
  /** Resolves when the first step of a phase is told of. */
  readonly #phases = new Map<string, PromiseWithResolvers<void>>();
  readonly #child;
  #stdout = '';
  #stderr = '';
  #lastLine = 'its start';
  #lastAt = performance.now();
  #silence = { seconds: 0, after: '' };

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv, logFile: string) {
    const log = createWriteStream(logFile);
    const startedAt = performance.now();
    // A process group of its own, as a shell gives it, for what Ctrl-C does.
    this.#child = execa(program, args, {
      ...{ env, extendEnv: false, stdin: 'ignore', buffer: false, reject: false, detached: true },
    });
    this.pid = this.#child.pid ?? 0;
    const heard = (chunk: Buffer) => {
      const at = `${((performance.now() - startedAt) / 1000).toFixed(2)} `;
      log.write(String(chunk).replaceAll(/^(?=.)/gm, at));
      this.#heard(String(chunk).trimEnd().split('\n').at(-1) ?? '');
    };
    this.#child.stdout.on('data', (chunk: Buffer) => {
      heard(chunk);
      this.#stdout += chunk;
      for (const line of String(chunk).split('\n')) this.#noticePhase(line);
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      heard(chunk);
      this.#stderr += chunk;
    });
    this.ended = this.#child.then(({ exitCode, signal }) => {
      this.#heard('');
      log.end(`ended: ${exitCode ?? signal}\n`);
      return this.#outcome(exitCode, signal);
    });
  }

  /** Starts one more `up` in this directory; its output goes to `<name>.log` there. */
  static start(trial: { directory: string; args: readonly string[]; env: NodeJS.ProcessEnv }, name: string): WatchedUp {
    return new WatchedUp(COORD, ['up', ...trial.args], trial.env, join(trial.directory, `${name}.log`));
  }

  /** Resolves when this phase has begun to be told of. */
  async reached(phase: string): Promise<void> {
    await this.#phase(phase).promise;
  }

  /** Time in which the command was stopped is no silence of its own. */
  resumed(): void {
    this.#lastAt = performance.now();
  }

  #phase(name: string): PromiseWithResolvers<void> {
    const known = this.#phases.get(name) ?? Promise.withResolvers<void>();
    this.#phases.set(name, known);
    return known;
  }

  #noticePhase(line: string): void {
    const phase = /"type":"step".*"phase":"([^"]+)"/.exec(line)?.[1];
    if (phase !== undefined) this.#phase(phase.startsWith('preflight') ? 'preflight' : phase).resolve();
  }

  #heard(line: string): void {
    const now = performance.now();
    const seconds = (now - this.#lastAt) / 1000;
    if (seconds > this.#silence.seconds) this.#silence = { seconds, after: this.#lastLine };
    this.#lastAt = now;
    this.#lastLine = line.slice(0, 200);
  }

  #outcome(exitCode: number | undefined, signal: string | undefined): UpOutcome {
    const last = this.#stdout.trimEnd().split('\n').at(-1) ?? '';
    return {
      exitCode,
      signal,
      result: resultIn(last),
      printed: this.#stdout !== '' || this.#stderr !== '',
      silence: this.#silence,
      traces: `${this.#stdout}\n${this.#stderr}`.split('\n').filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line)),
    };
  }
}

function resultIn(line: string): UpOutcome['result'] {
  try {
    const parsed = JSON.parse(line) as { type?: string; changed?: number };
    return parsed.type === 'result' ? parsed : undefined;
  } catch {
    return undefined;
  }
}
