import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip, type Gzip } from 'node:zlib';
import { shot, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import type { Sample } from './sample.ts';

/** So many characters are gathered before they are compressed. */
const BUFFER_CHARACTERS = 64 * 1024;
/** The most that waits for the disk, bytes. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
/** The longest line that is read, bytes: the texts of a sample are cut long before. */
const LONGEST_LINE = 64 * 1024;

/** A line of the file. */
const line = z.strictObject({
  ...shot.shape,
  index: z.number().int().min(0),
  notSent: z.literal(true).optional(),
  warmUp: z.boolean(),
  sentMs: z.number(),
  endMs: z.number(),
  outcome: z.enum(['ok', 'error', 'timeout']),
  error: z.string().optional(),
  reply: z.string().optional(),
  connectMs: z.number().optional(),
  functionMs: z.number().optional(),
  functionMemoryKb: z.number().optional(),
  coldStart: z.boolean().optional(),
});

/** The last line, without which a file is cut off. */
const last = z.strictObject({ samples: z.number().int().min(0) });

/**
 * A file of what became of the shots of a load, in the order of their ends: JSON lines, one for each, and a last one with
 * their number, compressed by gzip. It takes little memory however long the load is.
 */
export class SampleFile {
  readonly #gzip: Gzip;
  readonly #written: Promise<void>;
  #failure: unknown;
  #text = '';
  #count = 0;

  private constructor(path: string, onFailure: (cause: unknown) => void) {
    this.#gzip = createGzip({ level: constants.Z_BEST_SPEED });
    this.#written = pipeline(this.#gzip, createWriteStream(path, { mode: 0o600 })).catch((cause: unknown) => {
      this.#fail(cause, onFailure);
    });
  }

  /**
   * Makes the file, or empties the one that is there.
   * @param onFailure called once, when nothing more can be written
   */
  static open(path: string, onFailure: (cause: unknown) => void = () => undefined): SampleFile {
    return new SampleFile(path, onFailure);
  }

  /** Takes a sample. It never throws: what cannot be written is told by `onFailure`, and by {@link finish}. */
  add({ intendedMs: _, ...said }: Sample): void {
    this.#count++;
    this.#text += `${JSON.stringify(said)}\n`;
    if (this.#text.length >= BUFFER_CHARACTERS) this.#flush();
  }

  /** Writes the end. Rejects with the first failure, also of a write before; the file is not whole then. */
  async finish(): Promise<void> {
    this.#text += `${JSON.stringify({ samples: this.#count })}\n`;
    this.#flush();
    this.#gzip.end();
    await this.#written;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #flush(): void {
    const text = this.#text;
    this.#text = '';
    if (this.#failure !== undefined) return;
    this.#gzip.write(text);
    if (this.#gzip.writableLength > MOST_WAITING_BYTES)
      this.#gzip.destroy(new Error('the disk takes results more slowly than they come'));
  }

  #fail(cause: unknown, onFailure: (cause: unknown) => void): void {
    this.#failure = cause;
    onFailure(cause);
  }
}

/**
 * Reads what {@link SampleFile} wrote, from a path or a stream. Throws `internal`, with the line, for what is no such file
 * or is cut off.
 * @param where what errors name
 */
export async function* readSamples(source: string | Readable, where: string): AsyncGenerator<Sample, void, undefined> {
  const stream = typeof source === 'string' ? createReadStream(source) : source;
  const unpacked = createGunzip();
  const fed = pipeline(stream, unpacked);
  let number = 0;
  let total: number | undefined;
  try {
    for await (const text of linesOf(unpacked)) {
      if (total !== undefined) throw new Error('there is more after its end');
      number++;
      const value: unknown = JSON.parse(text);
      const end = last.safeParse(value);
      if (end.success) total = end.data.samples;
      else yield sampleOf(value);
    }
    await fed;
    if (total === undefined) throw new Error('it is cut off');
    if (total !== number - 1) throw new Error(`it has ${number - 1} samples instead of ${total}`);
  } catch (cause) {
    throw new VhiveError({
      code: 'internal',
      message: `${where}, line ${number}: it is no whole file of samples: ${cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)}`,
      cause,
    });
  } finally {
    stream.destroy();
    unpacked.destroy();
    await fed.catch(() => undefined);
  }
}

function sampleOf(value: unknown): Sample {
  const { atMs, ...said } = line.parse(value);
  return { atMs, intendedMs: atMs, ...said } as Sample;
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let rest = '';
  // Values may hold other characters that separate lines, such as U+2028, at which readline would cut them.
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new Error('a line is too long');
    yield* lines;
  }
  if (rest !== '') throw new Error('its last line is cut off');
}
