import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from './processes.ts';

/** How long processes may take to end after the command that started them, milliseconds. */
const ENDING_MS = 10_000;

interface Attempt {
  run: string;
  step: string;
  acceptedAt: number;
  result: { outcome?: string; tasks?: { action: string; status: string }[] };
}

/**
 * Reads what the agents did from their journals, without the product: the files are SQLite's. Returns what is wrong: a
 * step that was run again although it had succeeded, or a cluster that was initialised or joined more than once.
 */
export function journalProblems(machines: string, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const attempts = attemptsOf(join(machines, name, 'agent/journal.db'));
    const counts = (action: string) =>
      attempts
        .flatMap(({ result }) => result.tasks ?? [])
        .filter((task) => task.action === action && task.status === 'changed').length;
    const problems = doneAgain(attempts).map((step) => `${name}: ${step} was run again although it had succeeded`);
    if (counts('kubeadm.init') > (name === 'sim-1' ? 1 : 0))
      problems.push(`${name}: kubeadm init ${counts('kubeadm.init')} times`);
    if (counts('kubeadm.join') > (name === 'sim-1' ? 0 : 1))
      problems.push(`${name}: kubeadm join ${counts('kubeadm.join')} times`);
    return problems;
  });
}

function attemptsOf(file: string): Attempt[] {
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare('SELECT run_id, step_id, accepted_at, result FROM attempts ORDER BY accepted_at')
      .all()
      .map((row) => ({
        run: String(row.run_id),
        step: String(row.step_id),
        acceptedAt: Number(row.accepted_at),
        result: row.result === null ? {} : (JSON.parse(String(row.result)) as Attempt['result']),
      }));
  } finally {
    database.close();
  }
}

/** Steps whose result does not keep (listeners, tokens) are done anew before what needs them is tried again. */
const doneAnew = /^(preflight-listen|bootstrap-token)\//;

function doneAgain(attempts: readonly Attempt[]): string[] {
  const done = new Set<string>();
  const again: string[] = [];
  for (const { run, step, result } of attempts.filter((attempt) => !doneAnew.test(attempt.step))) {
    const key = `${run} ${step}`;
    if (done.has(key)) again.push(key);
    if (result.outcome === 'ok') done.add(key);
  }
  return again;
}

/** Returns the processes and temporary files that are left when nothing runs any more. */
export async function leftovers(directory: string): Promise<string[]> {
  const deadline = Date.now() + ENDING_MS;
  while (processesOf(directory).length > 0 && Date.now() < deadline) await sleep(100);
  const processes = processesOf(directory).map(
    ({ pid, command }) => `process ${pid} is left: ${command.slice(0, 200)}`,
  );
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(tmp|part|partial)$|(^|\/)\.nats-server-[^/]*$/.test(path))
    .map((path) => `temporary file ${path} is left`);
  return [...processes, ...files];
}
