import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '@vhive/agent/executor/journal';
import type { AttemptSummary, RunStep } from '@vhive/shared';
import type { JournalCost } from './messages.ts';
import { median } from './statistics.ts';

/**
 * Measures what one agent's journal on disk takes per step, beside the time that the disk itself takes to write and
 * sync 4 KiB.
 */
export async function measureJournal(steps: number): Promise<JournalCost> {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-bench-journal-'));
  try {
    const syncMs = writesForSure(join(directory, 'file'), steps);
    const journal = openJournal(join(directory, 'journal.db'));
    const stepMs: number[] = [];
    for (let number = 0; number < steps; number++) {
      const began = performance.now();
      const { step, result } = stepOf(number);
      await journal.accept(step);
      await journal.finish(result, undefined);
      stepMs.push(performance.now() - began);
    }
    journal.close();
    return { steps, stepMs: median(stepMs), syncMs: median(syncMs) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function writesForSure(path: string, times: number): number[] {
  const file = openSync(path, 'w');
  const page = Buffer.alloc(4096);
  const taken = Array.from({ length: times }, () => {
    const began = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  return taken;
}

function stepOf(number: number): { step: RunStep; result: AttemptSummary } {
  const ids = { runId: 'run-bench', stepId: 'no-op/n1', attemptId: `run-bench.no-op_n1.${number}` };
  const at = new Date().toISOString();
  return {
    step: { type: 'step.run', ...ids, phase: 'no-op', mode: 'apply', tasks: [], timeLimitMs: 60_000 },
    result: { ...ids, outcome: 'ok', tasks: [], outputs: {}, startedAt: at, finishedAt: at },
  };
}
