import type { LogBatch, Progress, RunStep, Task } from '@vhive/shared';
import * as z from 'zod';
import { createRealHost } from '../host/real-host.ts';
import type { AnyAction, ContractTable } from './action-table.ts';
import { createExecutor, type Executor, type ExecutorOptions } from './executor.ts';
import { type Journal, openJournal } from './journal.ts';
import type { Publisher } from './ports.ts';
import { createRedactor } from './redactor.ts';

/** For the executor's tests: a publisher that keeps what it is given. */
export interface KeptWords extends Publisher {
  lines(): string[];
  batches: LogBatch[];
  said: Progress[];
  outboxChanges: number;
}

/** Keeps everything in memory; logs fail while `refuse` says so. */
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

/** Contracts of actions that take anything and give anything. */
export function anything(names: string[], timeLimitMs = 60_000): ContractTable {
  const contract = { description: '', params: z.looseObject({}), outputs: z.looseObject({}), timeLimitMs };
  return Object.fromEntries(names.map((name) => [name, contract]));
}

/** An executor over actions given as data, with a journal in memory. */
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
    redactor: createRedactor(),
    ...options,
    journal,
  });
  return { executor, journal, words };
}

let serial = 0;

/** A command for a step of these tasks, each named by its action. */
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
