import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import type { Sample } from '@vhive/base/load/sample';
import type { LoadTotals } from '@vhive/shared';
import { CALL_TABLE_HEAD, callTableLine } from './call-table.ts';
import { GrowingFile } from './growing-file.ts';
import { LoadPlots } from './plots/load-plots.ts';

/** Everybody may read results. */
const MODE = 0o644;

/** Where results go. */
export interface ResultNames {
  directory: string;
  /** The name of the file of latencies, behind `rps<observed>_`. */
  latencies: string;
  /** The name of the file of the functions' own durations; undefined: it is not written. */
  durations: string | undefined;
}

interface Files {
  calls: GrowingFile;
  latencies: GrowingFile;
  durations: GrowingFile | undefined;
}

/** The files of a load's results, which grow while it goes. */
export class ResultFiles {
  readonly #names: ResultNames;
  readonly #endpoints: readonly string[];
  readonly #files: Files;
  readonly #plots = new LoadPlots();

  private constructor(names: ResultNames, endpoints: readonly string[], files: Files) {
    this.#names = names;
    this.#endpoints = endpoints;
    this.#files = files;
  }

  /** Opens the files. Rejects where that is not possible. */
  static async open(names: ResultNames, endpoints: readonly string[]): Promise<ResultFiles> {
    const calls = await GrowingFile.open(names.directory);
    const latencies = await GrowingFile.open(names.directory);
    const durations = names.durations === undefined ? undefined : await GrowingFile.open(names.directory);
    calls.add(CALL_TABLE_HEAD);
    return new ResultFiles(names, endpoints, { calls, latencies, durations });
  }

  /** Takes what became of a shot, which the agent of the node `generator` has sent; '': this process. It never throws. */
  add(sample: Sample, generator = ''): void {
    this.#plots.add(sample);
    this.#files.calls.add(callTableLine(sample, this.#endpoints, generator));
    if (sample.warmUp || sample.outcome !== 'ok') return;
    this.#files.latencies.add(`${Math.round((sample.endMs - sample.sentMs) * 1000)}\n`);
    if (sample.functionMs !== undefined) this.#files.durations?.add(`${Math.round(sample.functionMs * 1000)}\n`);
  }

  /**
   * Gives all files their names, and writes `results.json` with these totals and what else is `said` of the load. Returns
   * the paths. All is tried; then it rejects with the first failure.
   */
  async finish(totals: LoadTotals, said: object): Promise<string[]> {
    const { directory, latencies, durations } = this.#names;
    const grown = [
      { name: `rps${totals.observedRps.toFixed(2)}_${latencies}`, file: this.#files.latencies },
      { name: 'calls.csv', file: this.#files.calls },
      ...(this.#files.durations ? [{ name: durations ?? '', file: this.#files.durations }] : []),
    ];
    const pictures = [
      { name: 'latency-cdf.svg', text: this.#plots.distribution(`Latency, ${rateText(totals)}`) },
      { name: 'latency-over-time.svg', text: this.#plots.overTime(`Latency over time, ${rateText(totals)}`) },
    ];
    const path = (name: string) => join(directory, name);
    const paths = [...[...grown, ...pictures].map(({ name }) => path(name)), path('results.json')];
    const results = `${JSON.stringify({ version: 1, ...said, totals, files: paths }, undefined, 2)}\n`;
    const outcomes = await Promise.allSettled([
      ...grown.map(({ name, file }) => file.finish(path(name))),
      ...[...pictures, { name: 'results.json', text: results }].map(({ name, text }) =>
        writeFileAtomic(path(name), text, { mode: MODE }),
      ),
    ]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    return paths;
  }

  /** Removes all files. */
  async discard(): Promise<void> {
    for (const file of Object.values(this.#files)) await file?.discard();
  }
}

function rateText({ askedRps, ok, errors, timeouts }: LoadTotals): string {
  return `${Number(askedRps.toFixed(2))} calls per second: ${ok} succeeded, ${errors + timeouts} failed`;
}
