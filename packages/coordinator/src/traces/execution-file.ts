import type { Sample } from '@vhive/base/load/sample';
import { callNames } from '@vhive/core/traces/call-names';
import type { ReplayOptions } from '@vhive/core/traces/trace-schedule';
import type { Schedule } from '@vhive/shared';
import { executionHeader, executionLine, type TraceCall } from './execution-records.ts';

/** invitro's results of a replay, which grow while it goes. */
export class ExecutionFile {
  readonly #names: readonly string[];
  readonly #newConnections: boolean;
  readonly #calls: TraceCall[] = [];

  /** `newConnections` says that each call makes a connection of its own, so that one without it was never connected. */
  constructor(
    { shots }: Schedule,
    { granularity, speed }: Pick<ReplayOptions, 'granularity' | 'speed'>,
    newConnections: boolean,
  ) {
    this.#names = callNames(shots, granularity, speed);
    this.#newConnections = newConnections;
  }

  /** Takes what became of a call. */
  add(sample: Sample): void {
    const { index, warmUp, sentMs, endMs, outcome, work, connectMs, functionMs } = sample;
    this.#calls.push({
      ...{ id: this.#names[index] ?? `call${index}`, warmUp, sentMs, endMs, outcome },
      requestedRuntimeMs: work?.runtimeMs ?? 0,
      connectMs: connectMs ?? 0,
      unconnected: outcome !== 'ok' && this.#newConnections && connectMs === undefined,
      reply:
        functionMs === undefined
          ? undefined
          : { message: sample.reply ?? '', durationUs: functionMs * 1_000, memoryKb: sample.functionMemoryKb ?? 0 },
    });
  }

  /** Returns the text of the file, in the order in which calls ended. `startedAt` is in milliseconds since 1970. */
  text(startedAt: number): string {
    return executionHeader + this.#calls.map((call) => executionLine(call, startedAt)).join('');
  }
}
