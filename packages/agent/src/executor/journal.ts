import { chmodSync, closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { AgentEvent, AttemptSummary, RunStep } from '@vhive/shared';

/** An event that waits until the coordinator has acknowledged it. */
export interface OutboxEntry {
  /** The id of the event. It stays the same when the event is sent again, so that the receiver recognises it. */
  id: string;
  event: AgentEvent;
}

/** What the journal knows about an attempt. */
export type JournalledAttempt = { state: 'accepted' } | { state: 'finished'; result: AttemptSummary };

/**
 * The agent's memory, which survives a kill: which attempts it took, how they ended, and which results are not
 * acknowledged yet. Everything that is written within one turn of the event loop goes into one transaction, so that
 * many attempts cost one fsync.
 */
export interface Journal {
  find(attemptId: string): JournalledAttempt | undefined;
  /** Resolves once the attempt is on the disk. Only then may it be acknowledged and started. */
  accept(command: RunStep): Promise<void>;
  /**
   * Resolves once the result is written, together with `event` in the outbox if there is one. The result survives a
   * kill of the agent. When the host itself loses power, the attempt may count as interrupted, which does no harm
   * because steps can be repeated.
   */
  finish(result: AttemptSummary, event: OutboxEntry | undefined): Promise<void>;
  /** Returns at most `limit` events that are not acknowledged yet, the oldest first. */
  outbox(limit: number): OutboxEntry[];
  /** Returns how many events wait in the outbox; 0 once the journal is closed. */
  outboxSize(): number;
  /** Removes events from the outbox that were acknowledged. */
  acknowledge(ids: readonly string[]): Promise<void>;
  /** Writes what is still pending and closes the file. */
  close(): void;
}

/** A finished attempt is forgotten after a week: no coordinator asks for it after that time. */
const KEEP_FINISHED_MS = 7 * 86_400_000;

const schema = `
  CREATE TABLE IF NOT EXISTS attempts (
    id TEXT PRIMARY KEY, run_id TEXT NOT NULL, step_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('accepted', 'finished')), result TEXT,
    accepted_at INTEGER NOT NULL, finished_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL
  ) STRICT;
`;

/**
 * Opens the journal; a file that does not exist is created with mode 0600. Attempts that were under way when the last
 * process died become finished with the outcome `interrupted`, and their results are put into the outbox.
 * @param file path of the database; `:memory:` makes one that does not outlive the process (for benchmarks)
 */
export function openJournal(file: string, options: { now?: () => Date } = {}): Journal {
  const now = options.now ?? (() => new Date());
  if (file !== ':memory:') {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  }
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
  // SQLite's default cache of 2 MB would be part of every agent's memory, and the journal is too small to gain from it.
  database.exec('PRAGMA cache_size = -256; PRAGMA mmap_size = 0;');
  database.exec(schema);

  const sql = {
    find: database.prepare('SELECT state, result FROM attempts WHERE id = ?'),
    accept: database.prepare(
      "INSERT INTO attempts (id, run_id, step_id, state, accepted_at) VALUES (?, ?, ?, 'accepted', ?)",
    ),
    finish: database.prepare("UPDATE attempts SET state = 'finished', result = ?, finished_at = ? WHERE id = ?"),
    put: database.prepare('INSERT OR IGNORE INTO outbox (id, event) VALUES (?, ?)'),
    outbox: database.prepare('SELECT id, event FROM outbox ORDER BY sequence LIMIT ?'),
    size: database.prepare('SELECT count(*) AS count FROM outbox'),
    acknowledge: database.prepare('DELETE FROM outbox WHERE id = ?'),
    begin: database.prepare('BEGIN IMMEDIATE'),
    commit: database.prepare('COMMIT'),
  };

  type Write = { durable: boolean; run: () => void; done: () => void; failed: (error: unknown) => void };
  let pending: Write[] = [];
  let closed = false;

  // With FULL, SQLite waits for the disk at each commit; with NORMAL, it leaves the time of writing to the kernel.
  let synchronous = 'FULL';
  const synchronise = (wanted: 'FULL' | 'NORMAL') => {
    if (wanted === synchronous) return;
    database.exec(`PRAGMA synchronous = ${wanted}`);
    synchronous = wanted;
  };

  const flush = () => {
    const writes = pending;
    pending = [];
    if (writes.length === 0) return;
    try {
      synchronise(writes.some((write) => write.durable) ? 'FULL' : 'NORMAL');
      sql.begin.run();
      for (const write of writes) write.run();
      sql.commit.run();
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      for (const write of writes) write.failed(error);
      return;
    }
    for (const write of writes) write.done();
  };

  const write = (durable: boolean, run: () => void) =>
    new Promise<void>((done, failed) => {
      if (closed) return failed(new Error('the journal is closed'));
      pending.push({ durable, run, done, failed });
      if (pending.length === 1) setImmediate(flush);
    });

  const finishNow = (result: AttemptSummary, event: OutboxEntry | undefined) => {
    sql.finish.run(JSON.stringify(result), now().getTime(), result.attemptId);
    if (event) sql.put.run(event.id, JSON.stringify(event.event));
  };

  interruptUnfinished(database, now, finishNow);
  database
    .prepare("DELETE FROM attempts WHERE state = 'finished' AND finished_at < ?")
    .run(now().getTime() - KEEP_FINISHED_MS);

  // The executor looks for every new attempt in the journal first. This set of known ids saves it the query.
  const known = new Set(
    database
      .prepare('SELECT id FROM attempts')
      .all()
      .map(({ id }) => String(id)),
  );

  return {
    find(attemptId) {
      if (!known.has(attemptId)) return undefined;
      const row = sql.find.get(attemptId);
      if (!row) return undefined;
      if (row.state === 'accepted') return { state: 'accepted' };
      return { state: 'finished', result: JSON.parse(String(row.result)) as AttemptSummary };
    },
    accept: ({ attemptId, runId, stepId }) =>
      write(true, () => {
        sql.accept.run(attemptId, runId, stepId, now().getTime());
        known.add(attemptId);
      }),
    finish: (result, event) => write(false, () => finishNow(result, event)),
    outbox: (limit) =>
      sql.outbox.all(limit).map((row) => ({ id: String(row.id), event: JSON.parse(String(row.event)) as AgentEvent })),
    outboxSize: () => (closed ? 0 : Number(sql.size.get()?.count ?? 0)),
    acknowledge: (ids) =>
      write(false, () => {
        for (const id of ids) sql.acknowledge.run(id);
      }),
    close() {
      if (closed) return;
      flush();
      closed = true;
      database.close();
    },
  };
}

/**
 * Marks the attempts that were under way when the agent was killed as interrupted and puts their results into the
 * outbox: they did not end by themselves, and the coordinator must hear so.
 */
function interruptUnfinished(
  database: DatabaseSync,
  now: () => Date,
  finish: (result: AttemptSummary, event: OutboxEntry) => void,
) {
  const rows = database.prepare("SELECT id, run_id, step_id, accepted_at FROM attempts WHERE state = 'accepted'").all();
  if (rows.length === 0) return;
  database.exec('BEGIN IMMEDIATE');
  for (const row of rows) {
    const result: AttemptSummary = {
      attemptId: String(row.id),
      runId: String(row.run_id),
      stepId: String(row.step_id),
      outcome: 'interrupted',
      tasks: [],
      outputs: {},
      failure: { code: 'interrupted', message: 'the agent stopped while the step was under way' },
      startedAt: new Date(Number(row.accepted_at)).toISOString(),
      finishedAt: now().toISOString(),
    };
    finish(result, { id: result.attemptId, event: { type: 'attempt.finished', result } });
  }
  database.exec('COMMIT');
}
