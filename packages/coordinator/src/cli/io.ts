import { defined, type FailureCode, terminalEntry } from '@vhive/shared';
import type { JsonLineBody } from './json-lines.ts';
import { type CommandWords, commandWords } from './render/command-words.ts';
import { type Style, styleFor } from './render/style.ts';

/** The outcome of the command: the last JSON line, and the exit code. */
export type CommandEnd = Omit<Extract<JsonLineBody, { type: 'result' }>, 'type'>;

const nothingToTell: CommandEnd = { outcome: 'ok', exitCode: 0 };

/** A stream to write to, which may be a terminal. */
export type OutputStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

/**
 * The streams to which a command writes. In text mode everything goes to standard output. In JSON mode the lines go
 * there and text for people goes to standard error.
 */
export class CliIo {
  /** Writes a JSON line. It is loaded only in JSON mode, because the schemas cost more time than all of the help. */
  #format: ((body: JsonLineBody, now: Date) => string) | undefined;
  /** The result of the command. A command that makes no run and throws nothing leaves it as it is. */
  result: CommandEnd = nothingToTell;
  /** Whether another process has already written the result line to our standard output. */
  resultIsOut = false;
  /** Whether the command has written its result and only has to exit. */
  isOver = false;
  /** Whether nobody reads our output any more. */
  readerIsGone = false;
  /** Tells the work under way to end. Returns false when it was told before. */
  interrupt: (() => boolean) | undefined;
  /** Writes a line that people must see even where a moving picture is drawn. The picture replaces this function. */
  announce = (line: string): void => void this.stderr.write(`\n${line}\n`);
  /** How commands to type next are written; set by commands that know the coordinator in use. */
  words: CommandWords;
  readonly startedAt = new Date();
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;

  constructor(streams: { env: NodeJS.ProcessEnv; stdout: OutputStream; stderr: OutputStream }) {
    this.env = streams.env;
    this.words = commandWords(undefined, '', streams.env.VHIVE_TYPED);
    this.stdout = streams.stdout;
    this.stderr = streams.stderr;
  }

  /** Whether standard output is for JSON lines. */
  get json(): boolean {
    return this.#format !== undefined;
  }

  /** Sets the mode from `--output`, before a command acts. */
  async setJson(on: boolean): Promise<void> {
    this.#format = on ? (await import('./json-lines.ts')).formatJsonLine : undefined;
  }

  /** The stream for text for people. */
  get text(): OutputStream {
    return this.json ? this.stderr : this.stdout;
  }

  get style(): Style {
    return styleFor(this.text, this.env);
  }

  /** The width of the terminal in columns; unlimited where there is no terminal. */
  get width(): number {
    return this.text.isTTY ? (this.text.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  /** Writes one line of text for people. Whatever is in it, it stays one entry (see {@link terminalEntry}). */
  say(line: string): void {
    this.text.write(`${terminalEntry(this.words.inText(line))}\n`);
  }

  /** Writes one line of text for people to standard error, also where standard output is for text. */
  note(line: string): void {
    this.stderr.write(`${terminalEntry(this.words.inText(line))}\n`);
  }

  /** Tells people and programs something: a line of text, and a JSON line. */
  tell(text: string): void {
    this.line({ type: 'message', level: 'info', text });
    this.say(text);
  }

  /** Warns people and programs of something: a line on standard error, and a JSON line. */
  warn(text: string): void {
    this.line({ type: 'message', level: 'warning', text });
    this.note(`${this.style.warn('warning:')} ${text}`);
  }

  /** Writes one JSON line. In text mode it writes nothing. */
  line(body: JsonLineBody): void {
    if (this.#format) this.stdout.write(this.#format(body, new Date()));
  }

  /** Whether the command's result is more than the one it begins with. */
  get isDecided(): boolean {
    return this.result !== nothingToTell;
  }

  /** Writes the result as the last JSON line, once. */
  writeResult(): void {
    if (!this.isOver && !this.resultIsOut) this.line({ type: 'result', ...this.result, wallSeconds: this.wallSeconds });
    this.isOver = true;
  }

  /** The seconds since the command began. */
  get wallSeconds(): number {
    return Math.round(Date.now() - this.startedAt.getTime()) / 1000;
  }

  /** Makes an error the command's result. It need not have been thrown here, but its code is known. */
  fail(error: { code: FailureCode; message: string; hint?: string | undefined; exitCode: number }): void {
    const { code, message, hint, exitCode } = error;
    const outcome = code === 'interrupted' ? 'interrupted' : code === 'timeout' ? 'timed-out' : 'error';
    this.result = { ...this.result, outcome, exitCode, code, message, ...defined({ hint }) };
  }
}
