import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sample } from './sample.ts';
import { readSamples, SampleFile } from './sample-file.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-samples-'));
  path = join(directory, 'samples.jsonl.gz');
});
afterEach(() => rm(directory, { recursive: true }));

const ms = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const text = fc.string({ unit: 'binary', maxLength: 100 }).map((value) => value.toWellFormed());
const sample: fc.Arbitrary<Sample> = fc
  .record({
    ...{ index: fc.nat(), endpoint: fc.nat(), warmUp: fc.boolean() },
    ...{ atMs: ms.filter((value) => value < 30 * 86_400_000), sentMs: ms, endMs: ms },
    outcome: fc.constantFrom('ok', 'error', 'timeout'),
    work: optional(fc.record({ runtimeMs: fc.nat(), memoryMb: fc.nat() })),
    ...{ error: optional(text), reply: optional(text), coldStart: optional(fc.boolean()) },
    ...{ notSent: optional(fc.constant(true as const)) },
    ...{ connectMs: optional(ms), functionMs: optional(ms), functionMemoryKb: optional(fc.nat()) },
  })
  .map((one) => JSON.parse(JSON.stringify({ ...one, intendedMs: one.atMs })) as Sample);

const write = async (samples: readonly Sample[]) => {
  const file = SampleFile.open(path);
  for (const one of samples) file.add(one);
  await file.finish();
};
const readAll = async (source: string | Readable = path) =>
  await Array.fromAsync(readSamples(source, 'samples of node2'));
const one: Sample = {
  ...{ index: 7, endpoint: 0, warmUp: false, atMs: 1.5, intendedMs: 1.5, sentMs: 1.6, endMs: 3 },
  outcome: 'ok',
};

describe('a file of samples', () => {
  it('is read as it was written, whatever is in the samples', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { maxLength: 50 }), async (samples) => {
        await write(samples);
        expect(await readAll()).toEqual(samples);
      }),
      { numRuns: 50 },
    );
  });

  it('may be long, and is read from a stream in any pieces', async () => {
    const samples = Array.from({ length: 20_000 }, (_, index) => ({ ...one, index, reply: `Hello ${index} \u2028` }));
    await write(samples);
    const bytes = await readFile(path);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7_001) }, (_, n) =>
      bytes.subarray(n * 7_001, (n + 1) * 7_001),
    );
    expect(await readAll(Readable.from(pieces))).toEqual(samples);
  });

  it('is refused where it is cut off, anywhere', async () => {
    await write([one, { ...one, index: 8 }]);
    const bytes = await readFile(path);
    for (let length = 0; length < bytes.length; length++) {
      await writeFile(path, bytes.subarray(0, length));
      await expect(readAll()).rejects.toThrow(/^samples of node2, line \d: it is no whole file of samples: /);
    }
  });

  it.each([
    ['a line fewer', (text: string) => text.slice(text.indexOf('\n') + 1), 'it has 1 samples instead of 2'],
    ['no end', (text: string) => text.slice(0, text.lastIndexOf('{')), 'it is cut off'],
    ['more after the end', (text: string) => text + text, 'there is more after its end'],
    ['a sample that is none', (text: string) => text.replace('"ok"', '"good"'), 'at outcome'],
    ['no JSON', (text: string) => text.replace('{', ''), 'JSON'],
    ['an endless line', () => 'x'.repeat(200_000), 'a line is too long'],
  ])('is refused with %s', async (_, change, message) => {
    await write([one, { ...one, index: 8 }]);
    await writeFile(path, gzipSync(change(gunzipSync(await readFile(path)).toString())));
    await expect(readAll()).rejects.toThrow(message);
  });

  it('tells at once when nothing can be written, and at its end', async () => {
    const told = Promise.withResolvers<unknown>();
    const file = SampleFile.open(join(directory, 'nowhere', 'samples'), told.resolve);
    file.add(one);
    expect(await told.promise).toMatchObject({ code: 'ENOENT' });
    file.add(one);
    await expect(file.finish()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
