import type { LogBatch, Progress, RunStep, Task } from '@vhive/shared';
import * as z from 'zod';
import { createRealHost } from '../host/real-host.ts';
import type { AnyAction, ContractTable } from './action-table.ts';
import { createExecutor, type Executor, type ExecutorOptions } from './executor.ts';
import { type Journal, openJournal } from './journal.ts';
import type { Publisher } from './ports.ts';
import { createRedactor } from './redactor.ts';

/** A publisher that keeps everything that it is given, for the executor's tests. */
export interface KeptWords extends Publisher {
  lines(): string[];
  batches: LogBatch[];
  said: Progress[];
  outboxChanges: number;
}

/** Makes a publisher that keeps its messages in memory. Sending a log fails while `refuse` returns true. */
export function keepWords(refuse: () => boolean = () => false): KeptWords {
  const batches: LogBatch[] = [];
  const said: Progress[] = [];
  return {
    batches,
    said,
    outboxChanges: 0,
    lines: () => batches.flatMap((batch) => batch.lines.map((line) => line.text)),
    ready: async () => undefined,
    async log(batch) {
      if (refuse()) throw new Error('not now');
      batches.push(batch);
    },
    progress: (progress) => void said.push(progress),
    outboxChanged() {
      this.outboxChanges++;
    },
  };
}

/** Makes contracts for actions that accept any params and return any outputs. */
export function anything(names: string[], timeLimitMs = 60_000): ContractTable {
  const contract = { description: '', params: z.looseObject({}), outputs: z.looseObject({}), timeLimitMs };
  return Object.fromEntries(names.map((name) => [name, contract]));
}

/** Makes an executor of the given actions, with a journal in memory. */
export function executorOf(
  actions: Record<string, AnyAction>,
  options: Partial<ExecutorOptions> = {},
): { executor: Executor; journal: Journal; words: KeptWords } {
  const words = keepWords();
  const journal = options.journal ?? openJournal(':memory:');
  const records = new Map<string, unknown>();
  const executor = createExecutor({
    host: createRealHost(),
    actions,
    contracts: anything(Object.keys(actions)),
    publisher: words,
    secrets: { seal: (_, sealed) => ({ sealed, from: 'X' }), open: ({ sealed }) => sealed },
    downloads: { download: async () => undefined },
    uploads: { has: async () => false, upload: async () => undefined },
    records: { get: async (name) => records.get(name), set: async (name, value) => void records.set(name, value) },
    clockOffsetMs: () => 0,
    redactor: createRedactor(),
    ...options,
    journal,
  });
  return { executor, journal, words };
}

let serial = 0;

/** Makes the command that runs a step of these tasks. A task that is given as a string is the name of its action. */
export function stepOf(tasks: (string | Partial<Task>)[], changes: Partial<RunStep> = {}): RunStep {
  return {
    type: 'step.run',
    runId: 'run-test',
    stepId: 'phase/n1',
    attemptId: `attempt-${serial++}`,
    phase: 'phase',
    mode: 'apply',
    timeLimitMs: 60_000,
    tasks: tasks.map((task, index) => {
      const given = typeof task === 'string' ? { action: task } : task;
      return { id: `t${index}`, title: `Task ${index}`, action: 'none', params: {}, ...given };
    }),
    ...changes,
  };
}
