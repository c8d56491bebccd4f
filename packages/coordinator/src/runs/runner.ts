import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { ignoring } from '@vhive/base/ignoring';
import {
  type AgentEvent,
  messageOf,
  type Plan,
  type ReceiptOutcome,
  type RunEvent,
  type RunEventOf,
  type RunView,
  VhiveError,
} from '@vhive/shared';
import type { Logger } from 'pino';
import { RunExecution, type RunPorts } from './run-execution.ts';
import type { Said } from './standing.ts';
import { UnreadableRun } from './unreadable-run.ts';

/** Where runs are kept. */
export interface RunStore {
  append(runId: string, events: RunEvent[]): Promise<unknown>;
  read(runId: string): AsyncIterable<{ sequence: number; event: RunEvent }>;
  /** Returns the identifiers of all runs, oldest first. */
  listRuns(): Promise<string[]>;
}

/** A run to begin. */
export interface RunOrder {
  plan: Plan;
  mode: 'apply' | 'check';
  /** See {@link inputHash}. */
  inputHash: string;
  giveUpAfterMs: number;
  timeoutMs?: number;
  /** See the event `run.created`. */
  spentMs?: number;
  /** The nodes of the plan that are not reachable now. The run must be told, because no later change will tell it. */
  unreachable: { node: string; lastSeen: string }[];
}

/** The news that a node was heard of, or that it has fallen silent. */
type NodeSighting = RunEventOf<'node.reachable' | 'node.unreachable'>;

/** The runs of a cluster. At most one is under way. */
export class Runner {
  /** `begun` says that a new run is stored and under way. */
  readonly events = new EventEmitter<{ begun: [run: RunExecution] }>();
  readonly #store: RunStore;
  readonly #ports: RunPorts;
  readonly #log: Logger;
  #current: RunExecution | undefined;
  /** The run before the current one, whose agents may still have something to say. */
  #former: RunExecution | undefined;
  /** The last news of each node, whether a run was under way or not. */
  readonly #sightings = new Map<string, NodeSighting>();
  /** Runs are begun, resumed and retried one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: RunStore, ports: Omit<RunPorts, 'append'>) {
    this.#store = store;
    this.#log = ports.log;
    this.events.setMaxListeners(0);
    this.#ports = { ...ports, append: (runId, events) => store.append(runId, events) };
  }

  /** The run under way, or the last one. */
  get current(): RunExecution | undefined {
    return this.#current;
  }

  /**
   * Replays the newest run. With `resume`, an unfinished one is set going again. A run that cannot be read is put aside
   * and named in the log: it must not keep the coordinator from its work.
   */
  async load(options: { resume: boolean }): Promise<void> {
    await this.#inTurn(async () => {
      const newest = (await this.#store.listRuns()).at(-1);
      if (newest === undefined) return;
      this.#current = await this.#replay(newest).catch((cause: unknown) => this.#putAside(newest, cause));
      if (options.resume && this.#current?.outcome === undefined) {
        this.#log.info({ runId: newest }, 'resuming an unfinished run');
        this.#current?.resume();
      }
    });
  }

  /**
   * Begins a run, or resumes the unfinished run that was asked for with the same input. An unfinished run of another
   * input makes this call fail with `refused` when it is under way or when `supersede` is false; otherwise, when it was
   * left behind by an earlier process, it is cancelled.
   */
  async start(order: RunOrder, options: { supersede: boolean }): Promise<{ runId: string; resumed: boolean }> {
    return await this.#inTurn(async () => {
      const unfinished = this.#current?.outcome === undefined ? this.#current : undefined;
      if (unfinished && unfinished.created.inputHash === order.inputHash && order.mode === 'apply') {
        if (!unfinished.underWay) unfinished.resume();
        return { runId: unfinished.runId, resumed: true };
      }
      if (unfinished) await this.#supersede(unfinished, options.supersede && !unfinished.underWay);
      const { unreachable, ...created } = order;
      const at = new Date().toISOString();
      const runId = newRunId();
      const run = await RunExecution.begin({ type: 'run.created', at, runId, ...created }, this.#ports);
      this.#former = this.#current;
      this.#current = run;
      this.events.emit('begun', run);
      for (const { node, lastSeen } of unreachable) run.submit({ type: 'node.unreachable', at, node, lastSeen });
      return { runId, resumed: false };
    });
  }

  /**
   * Tries the failed steps of a run again, or only those of the given nodes if any are named. Only the newest run can
   * be retried. `members` are the nodes that exist now: a run that is over has not heard what became of its nodes.
   */
  async retry(runId: string, nodes: string[], members: readonly string[]): Promise<RunView> {
    return await this.#inTurn(async () => {
      const run = this.#newest(runId);
      const at = new Date().toISOString();
      for (const node of run.plan.nodes) {
        const sighting = this.#sightings.get(node);
        if (!members.includes(node)) run.submit({ type: 'node.removed', at, node });
        else if (sighting) run.submit({ ...sighting, at });
      }
      await run.deliver({ type: 'run.retried', at, nodes });
      return run.view();
    });
  }

  /** Ends a run early: nothing new is started, and what is under way is cancelled. */
  async cancel(runId: string, reason: string): Promise<RunView> {
    return await this.#inTurn(async () => {
      const run = this.#newest(runId);
      if (run.outcome === undefined) await run.deliver({ type: 'run.cancelled', at: new Date().toISOString(), reason });
      return run.view();
    });
  }

  /** Shows a run as it stands: the current one, or any stored one. */
  async view(runId: string): Promise<RunView> {
    if (this.#current?.runId === runId) return this.#current.view();
    const run = await this.#replay(runId);
    if (!run) throw unknownRun(runId);
    return run.view();
  }

  /** Shows all runs that can be read, oldest first. */
  async views(): Promise<RunView[]> {
    const ids = await this.#store.listRuns();
    const views = await Promise.all(
      ids.map((id) => this.view(id).catch((cause: unknown) => this.#putAside(id, cause))),
    );
    return views.filter((view) => view !== undefined);
  }

  /** Finds any stored run, with the sequence of its newest event. */
  async find(runId: string): Promise<Pick<RunExecution, 'runId' | 'position'>> {
    const run = this.#current?.runId === runId ? this.#current : await this.#replay(runId);
    if (!run) throw unknownRun(runId);
    return run;
  }

  /** Takes in a result that an agent reports. Resolves once it is stored, or once it is known to be of no use. */
  async agentEvent(node: string, { result }: AgentEvent): Promise<ReceiptOutcome> {
    const run = this.#current;
    if (run?.runId !== result.runId || run.outcome !== undefined) return 'stale';
    return await run.report(node, result);
  }

  /**
   * Judges something that a node says about an attempt: the attempt is under way on it (`live`) or over (`past`), its
   * run is not remembered (`unknown`), or the node was never asked for it (`foreign`).
   */
  standingOf(node: string, said: Said & { runId: string }): 'live' | 'past' | 'foreign' | 'unknown' {
    const run = [this.#current, this.#former].find((known) => known?.runId === said.runId);
    return run?.standingOf(node, said) ?? 'unknown';
  }

  /** Whether a node is doing a step now that publishes files. */
  isPublishing(node: string): boolean {
    return this.#current?.isPublishing(node) === true;
  }

  /** Takes in that a node of the run became reachable or unreachable, or was removed. */
  nodeChanged(event: NodeSighting | RunEventOf<'node.removed'>): void {
    if (event.type !== 'node.removed') this.#sightings.set(event.node, event);
    const run = this.#current;
    if (run && run.outcome === undefined && run.plan.nodes.includes(event.node)) run.submit(event);
  }

  /** Lets go of the run under way. Another coordinator, or the next start of this one, resumes it. */
  halt(): void {
    this.#current?.halt();
  }

  #newest(runId: string): RunExecution {
    if (this.#current?.runId !== runId) throw unknownRun(runId);
    return this.#current;
  }

  async #supersede(run: RunExecution, allowed: boolean): Promise<void> {
    if (!allowed)
      throw new VhiveError({
        code: 'refused',
        message: `run ${run.runId} is under way with another configuration, node list or set of options`,
        hint: 'watch it: vhive-coord status --watch; or wait until it has ended',
      });
    run.resume();
    await run.deliver({ type: 'run.cancelled', at: new Date().toISOString(), reason: 'superseded by a newer run' });
    run.halt();
  }

  async #replay(runId: string): Promise<RunExecution | undefined> {
    const events: RunEvent[] = [];
    try {
      for await (const { event } of this.#store.read(runId)) events.push(event);
    } catch (cause) {
      if (cause instanceof VhiveError && cause.code === 'internal') throw new UnreadableRun(cause);
      throw cause;
    }
    try {
      return RunExecution.replay(events, this.#ports);
    } catch (cause) {
      throw new UnreadableRun({ cause, message: `run ${runId} cannot be replayed: ${messageOf(cause)}` });
    }
  }

  /** Passes over a run that cannot be read. All other errors, such as those of the connection, are thrown. */
  #putAside(runId: string, cause: unknown): undefined {
    if (!(cause instanceof UnreadableRun)) throw cause;
    this.#log.error({ runId, hint: cause.hint }, `${cause.message}; it is put aside`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(ignoring('the caller gets the error; the next one only waits for its turn'));
    return mine;
  }
}

function unknownRun(runId: string): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `there is no run ${runId}, or it is not the newest one`,
    hint: 'vhive-coord status shows the newest run',
  });
}

/** Makes an identifier. Identifiers sort by the time of their creation, to the millisecond. */
function newRunId(): string {
  const time = new Date()
    .toISOString()
    .replace(/[-:.z]/gi, '')
    .toLowerCase();
  return `run-${time}-${randomBytes(3).toString('hex')}`;
}
