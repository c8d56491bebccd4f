import type { AttemptSummary, Command, CommandReply, RunStep } from '@vhive/shared';
import type { ActionContext } from '../actions/kit/action.ts';
import type { Host } from '../host/host.ts';
import type { ActionSource, ActionTable, ContractTable } from './action-table.ts';
import { runAttempt } from './attempt.ts';
import { type AttemptSignal, createAttemptSignal } from './attempt-signal.ts';
import type { Journal } from './journal.ts';
import type { Downloads, Publisher, Records, Secrets, Uploads } from './ports.ts';
import type { Redactor } from './redactor.ts';
import { fitSummary } from './summary-size.ts';

/** The parts that an executor is made of. */
export interface ExecutorOptions {
  host: Host;
  actions: ActionSource;
  journal: Journal;
  publisher: Publisher;
  secrets: Secrets;
  downloads: Downloads;
  uploads: Uploads;
  records: Records;
  /** See {@link ActionContext.clockOffsetMs}. */
  clockOffsetMs(): number | null;
  redactor: Redactor;
  /** The contracts of the actions. By default they are the agent's contracts from the shared package. */
  contracts?: ContractTable;
  /**
   * An attempt that ends within this many milliseconds (by default 20) is answered with its result. A longer one is
   * answered with "running", and its result is sent later as an event.
   */
  replyWithinMs?: number;
  /**
   * Called when the journal cannot be written. The agent should then stop, because it could no longer promise that a
   * step runs only once.
   */
  onJournalFailure?: (error: unknown) => void;
  /** Called when the last attempt that was under way has ended. */
  onIdle?: (() => void) | undefined;
}

/**
 * Runs steps. Each attempt runs only once, even when its command is delivered several times. Different steps run side
 * by side.
 */
export interface Executor {
  /**
   * Writes the attempt into the journal, starts it and answers. For an attempt that is known already it answers what is
   * known of it and starts nothing.
   */
  run(command: RunStep): Promise<CommandReply>;
  cancel(command: Extract<Command, { type: 'step.cancel' }>): CommandReply;
  /** Returns the ids of the attempts that are under way. */
  running(): string[];
  /**
   * Refuses further steps from now on. Attempts that are under way may end by themselves within `graceMs`; then they
   * are interrupted. It resolves when all results are in the journal.
   */
  stop(graceMs: number): Promise<void>;
}

interface Running {
  signal: AttemptSignal;
  /**
   * The answer to the command. Every request for this attempt that comes before the first answer was given gets the
   * same one.
   */
  answer: Promise<CommandReply>;
  /** Whether the coordinator was already told that the attempt runs, so that its result must be sent as an event. */
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
        // The result could not be written to the disk, but it is not lost for the coordinator: when the agent starts
        // again, it reports the attempt as interrupted.
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
      if (stopping) return { type: 'refused', message: 'the agent is stopping', passing: true };
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

/**
 * Loads the actions and their contracts. The executor calls it when the first step comes, because an idle agent needs
 * none of them in memory.
 */
async function loadTablesOf({ actions, contracts }: ExecutorOptions): Promise<Tables> {
  return {
    actions: typeof actions === 'function' ? await actions() : actions,
    contracts: contracts ?? (await import('./contracts.ts')).contracts,
  };
}

function finishedEvent(result: AttemptSummary) {
  return { type: 'attempt.finished' as const, result };
}
