import type { AttemptSummary, Command, CommandReply, RunStep } from '@vhive/shared';
import type { Host } from '../host/host.ts';
import type { ActionSource, ActionTable, ContractTable } from './action-table.ts';
import { runAttempt } from './attempt.ts';
import { type AttemptSignal, createAttemptSignal } from './attempt-signal.ts';
import type { Journal } from './journal.ts';
import type { Downloads, Publisher, Records, Secrets, Uploads } from './ports.ts';
import type { Redactor } from './redactor.ts';
import { fitSummary } from './summary-size.ts';

/** What an executor is made of. */
export interface ExecutorOptions {
  host: Host;
  actions: ActionSource;
  journal: Journal;
  publisher: Publisher;
  secrets: Secrets;
  downloads: Downloads;
  uploads: Uploads;
  records: Records;
  redactor: Redactor;
  /** Default: the agent's contracts of the shared package. */
  contracts?: ContractTable;
  /** An attempt that ends within this many milliseconds is answered with its result. Default 20. */
  replyWithinMs?: number;
  /** Called when the journal cannot be written: the agent cannot keep its promises any more. */
  onJournalFailure?: (error: unknown) => void;
  /** Called when the last attempt under way has ended. */
  onIdle?: (() => void) | undefined;
}

/** Runs steps, each attempt once whatever happens to messages. Steps run side by side. */
export interface Executor {
  /** Starts a step (or says what is known of the attempt), after it is journalled. */
  run(command: RunStep): Promise<CommandReply>;
  cancel(command: Extract<Command, { type: 'step.cancel' }>): CommandReply;
  /** Ids of the attempts under way. */
  running(): string[];
  /** Takes no more commands; what runs may end by itself within `graceMs` and is interrupted then. Resolves when all is journalled. */
  stop(graceMs: number): Promise<void>;
}

interface Running {
  signal: AttemptSignal;
  /** Given to every request that comes before the first answer. */
  answer: Promise<CommandReply>;
  /** The coordinator was told that the result comes as an event. */
  answered: boolean;
  ended: Promise<void>;
}

/** Makes the executor of one agent. */
export function createExecutor(options: ExecutorOptions): Executor {
  const { journal, publisher } = options;
  const replyWithinMs = options.replyWithinMs ?? 20;
  const environment = { ...options, quietMs: replyWithinMs };
  const running = new Map<string, Running>();
  let stopping = false;
  let tables: Promise<Tables> | undefined;
  const loadTables = () => {
    tables ??= loadTablesOf(options);
    return tables;
  };

  const execute = async (command: RunStep, entry: Running, reply: (reply: CommandReply) => void) => {
    const { attemptId } = command;
    const timer = setTimeout(() => {
      entry.answered = true;
      reply({ type: 'accepted', attemptId, status: 'running' });
    }, replyWithinMs);
    const { actions, contracts } = await loadTables();
    const result = fitSummary(await runAttempt(command, entry.signal, { ...environment, actions, contracts }));
    clearTimeout(timer);
    const event = entry.answered ? { id: attemptId, event: finishedEvent(result) } : undefined;
    await journal.finish(result, event);
    if (event) publisher.outboxChanged();
    else reply({ type: 'finished', attemptId, result });
  };

  const start = (command: RunStep): Running => {
    const { promise: answer, resolve: reply } = Promise.withResolvers<CommandReply>();
    const entry: Running = { signal: createAttemptSignal(), answer, answered: false, ended: Promise.resolve() };
    const work = async () => {
      try {
        await journal.accept(command);
      } catch (error) {
        options.onJournalFailure?.(error);
        reply({ type: 'refused', message: `the agent cannot write its journal: ${String(error)}` });
        return;
      }
      try {
        await execute(command, entry, reply);
      } catch (error) {
        // The result is lost to the disk, not to the world: the next start of the agent reports the attempt as interrupted.
        options.onJournalFailure?.(error);
        reply({ type: 'accepted', attemptId: command.attemptId, status: 'running' });
      }
    };
    running.set(command.attemptId, entry);
    entry.ended = work().finally(() => {
      running.delete(command.attemptId);
      if (running.size === 0) options.onIdle?.();
    });
    return entry;
  };

  return {
    async run(command) {
      const { attemptId } = command;
      const known = running.get(attemptId);
      if (known) return known.answered ? { type: 'accepted', attemptId, status: 'running' } : known.answer;
      const journalled = journal.find(attemptId);
      if (journalled?.state === 'finished') return { type: 'finished', attemptId, result: journalled.result };
      if (journalled) return { type: 'accepted', attemptId, status: 'running' };
      if (stopping) return { type: 'refused', message: 'the agent is stopping' };
      return start(command).answer;
    },
    cancel({ attemptId, reason }) {
      const entry = running.get(attemptId);
      entry?.signal.abort({ outcome: 'cancelled', message: `cancelled: ${reason}` });
      const status = entry ? 'running' : journal.find(attemptId) ? 'finished' : 'unknown';
      return { type: 'accepted', attemptId, status };
    },
    running: () => [...running.keys()],
    async stop(graceMs) {
      stopping = true;
      const all = () => Promise.all([...running.values()].map((entry) => entry.ended));
      if (running.size === 0) return;
      const timer = setTimeout(() => {
        for (const entry of running.values())
          entry.signal.abort({ outcome: 'interrupted', message: 'the agent was stopped' });
      }, graceMs);
      await all();
      clearTimeout(timer);
    },
  };
}

interface Tables {
  actions: ActionTable;
  contracts: ContractTable;
}

/** Actions and their contracts are loaded when the first step comes: an idle agent needs none of them in memory. */
async function loadTablesOf({ actions, contracts }: ExecutorOptions): Promise<Tables> {
  return {
    actions: typeof actions === 'function' ? await actions() : actions,
    contracts: contracts ?? (await import('./contracts.ts')).contracts,
  };
}

function finishedEvent(result: AttemptSummary) {
  return { type: 'attempt.finished' as const, result };
}
