import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { ignoring } from '@vhive/base/ignoring';
import {
  type AgentEvent,
  defined,
  type Plan,
  type ReceiptOutcome,
  type RunBasis,
  type RunEventOf,
  type RunView,
} from '@vhive/shared';
import type { Logger } from 'pino';
import { isReal } from './real-run.ts';
import { isUnderWay, notNewest, unknownRun } from './refusals.ts';
import { RunExecution, type RunPorts } from './run-execution.ts';
import type { Said } from './standing.ts';
import { type RunStore, StoredRuns } from './stored-runs.ts';

/** A run to begin. */
export interface RunOrder {
  plan: Plan;
  mode: 'apply' | 'check';
  /** See the event `run.created`. */
  job?: string;
  /** See {@link inputHash}. */
  inputHash: string;
  /** What the run goes by, however often it is resumed. */
  basis?: RunBasis;
  giveUpAfterMs: number;
  timeoutMs?: number;
  /** See the event `run.created`. */
  spentMs?: number;
  /** The nodes of the plan that are not reachable now. The run must be told, because no later change will tell it. */
  unreachable: { node: string; lastSeen: string }[];
}

/** The news that a node was heard of, or that it has fallen silent. */
type NodeSighting = RunEventOf<'node.reachable' | 'node.unreachable'>;

/** What became of the wish to start a run. */
export interface Started {
  runId: string;
  /** Whether an unfinished run of the same input goes on. */
  resumed: boolean;
  /** The resumed run as it was created. */
  created?: RunEventOf<'run.created'>;
}

/**
 * The runs of a cluster. At most one is under way. Dry runs and jobs take no run's place: the newest real run stays the one that
 * is shown, resumed and retried.
 */
export class Runner {
  /** `begun` says that a new run is stored and under way. */
  readonly events = new EventEmitter<{ begun: [run: RunExecution] }>();
  readonly #stored: StoredRuns;
  readonly #ports: RunPorts;
  readonly #log: Logger;
  /** The run under way, or the one that was under way last. */
  #current: RunExecution | undefined;
  /** The newest real run. */
  #newest: RunExecution | undefined;
  /** The run that was under way before the current one, whose agents may still have something to say. */
  #former: RunExecution | undefined;
  /** The last news of each node, whether a run was under way or not. */
  readonly #sightings = new Map<string, NodeSighting>();
  /** Runs are begun, resumed and retried one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: RunStore, ports: Omit<RunPorts, 'append'>) {
    this.#log = ports.log;
    this.events.setMaxListeners(0);
    this.#ports = { ...ports, append: (runId, events) => store.append(runId, events) };
    this.#stored = new StoredRuns(store, this.#ports);
  }

  /** The newest real run, whether it is under way or not. Dry runs and jobs are not meant. */
  get newest(): RunExecution | undefined {
    return this.#newest;
  }

  /**
   * Replays the newest real run. With `resume`, an unfinished one is set going again. A run that cannot be read is put
   * aside and named in the log: it must not keep the coordinator from its work.
   */
  async load(options: { resume: boolean }): Promise<void> {
    await this.#inTurn(async () => {
      this.#newest = await this.#stored.newestReal();
      const run = this.#newest;
      if (run === undefined || !options.resume || run.outcome !== undefined) return;
      this.#log.info({ runId: run.runId }, 'resuming an unfinished run');
      this.#become(run);
      run.resume();
    });
  }

  /**
   * Begins a run, or resumes the unfinished real run that was asked for with the same input. Throws `refused` while a run
   * of another input is under way. One that stands still is cancelled by a real run and left alone by others.
   */
  async start(order: RunOrder): Promise<Started> {
    return await this.#inTurn(async () => {
      const standing = this.#newest?.outcome === undefined ? this.#newest : undefined;
      const isSame = isReal(order) && standing?.created.inputHash === order.inputHash;
      const underWay = this.#underWay();
      if (underWay && !(isSame && underWay === standing)) throw isUnderWay(underWay.created);
      if (standing && isSame) {
        const { timeoutMs, spentMs } = order;
        await this.#setGoing(standing, defined({ timeoutMs, spentMs }));
        return { runId: standing.runId, resumed: true, created: standing.created };
      }
      if (standing && isReal(order)) await this.#supersede(standing);
      const { unreachable, ...created } = order;
      const at = new Date().toISOString();
      const runId = newRunId();
      const run = await RunExecution.begin({ type: 'run.created', at, runId, ...created }, this.#ports);
      this.#become(run);
      this.events.emit('begun', run);
      for (const { node, lastSeen } of unreachable) run.submit({ type: 'node.unreachable', at, node, lastSeen });
      return { runId, resumed: false };
    });
  }

  /**
   * Tries the failed steps of a run again, or only those of the given nodes if any are named. Only the newest real run
   * can be retried. `members` are the nodes that exist now: a run that is over has not heard what became of its nodes.
   */
  async retry(runId: string, nodes: string[], members: readonly string[]): Promise<RunView> {
    return await this.#inTurn(async () => {
      const run = this.#newest;
      if (run?.runId !== runId) throw notNewest(await this.#createdOf(runId));
      const underWay = this.#underWay();
      if (underWay && underWay !== run) throw isUnderWay(underWay.created);
      // A run that stands still would go on without the commands that were under way.
      if (run.outcome === undefined) await this.#setGoing(run, defined({ timeoutMs: run.created.timeoutMs }));
      this.#become(run);
      // A run that ended before this process began is taken up, so that its nodes are heard.
      if (!run.underWay) run.resume();
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

  /**
   * Ends a run early: nothing new is started, and what is under way is cancelled. This is also for a run that stands
   * still; what its nodes may still be doing is cancelled all the same. A run that has ended stays as it is.
   */
  async cancel(runId: string, reason: string): Promise<RunView> {
    return await this.#inTurn(async () => {
      const run = await this.#any(runId);
      if (run.outcome !== undefined) return run.view();
      if (!run.underWay) {
        const underWay = this.#underWay();
        if (underWay) throw isUnderWay(underWay.created);
        this.#become(run);
        run.resume();
      }
      await run.deliver({ type: 'run.cancelled', at: new Date().toISOString(), reason });
      return run.view();
    });
  }

  /** Shows the newest real run as it is; undefined where there is none. */
  shown(): RunView | undefined {
    return this.#newest && this.#viewOf(this.#newest);
  }

  /** Shows any run as it is. */
  async view(runId: string): Promise<RunView> {
    return this.#viewOf(await this.#any(runId));
  }

  #viewOf(run: RunExecution): RunView {
    const { basis } = run.created;
    const view: RunView = {
      ...run.view(),
      ...(basis && {
        basis: { version: basis.version, settings: basis.settings, ...defined({ mirror: basis.mirror }) },
      }),
    };
    if (run.outcome !== undefined || run.underWay) return view;
    // A run that another took the place of was cancelled, but nobody waited for the end of all that it did.
    if (run.ending !== undefined) return { ...view, status: run.ending };
    const { deadline: _, ...rest } = view;
    return { ...rest, standing: true };
  }

  /** Shows all runs that can be read, oldest first. */
  async views(): Promise<RunView[]> {
    const ids = await this.#stored.ids();
    const runs = await Promise.all(ids.map(async (id) => this.#known(id) ?? (await this.#stored.readable(id))));
    return runs.filter((run) => run !== undefined).map((run) => this.#viewOf(run));
  }

  /** Finds any stored run, with the sequence of its newest event. */
  async find(runId: string): Promise<Pick<RunExecution, 'runId' | 'position' | 'created' | 'publishedFiles'>> {
    return await this.#any(runId);
  }

  /** Takes in a result that an agent reports. Resolves once it is stored, or once it is known to be of no use. */
  async agentEvent(node: string, { result }: AgentEvent): Promise<ReceiptOutcome> {
    const run = this.#underWay();
    // A run that stands still must not go on by itself. When it is resumed, the agent is asked again for its results.
    if (run?.runId !== result.runId) return 'stale';
    return await run.report(node, result);
  }

  /**
   * Judges something that a node says about an attempt: the attempt is under way on it (`live`) or over (`past`), its
   * run is not remembered (`unknown`), or the node was never asked for it (`foreign`).
   */
  standingOf(node: string, said: Said & { runId: string }): 'live' | 'past' | 'foreign' | 'unknown' {
    const run = this.#known(said.runId) ?? (this.#former?.runId === said.runId ? this.#former : undefined);
    return run?.standingOf(node, said) ?? 'unknown';
  }

  /** Whether a node is doing a step now that publishes files. */
  isPublishing(node: string): boolean {
    return this.#current?.isPublishing(node) === true;
  }

  /** Takes in that a node of the run became reachable or unreachable, or was removed. */
  nodeChanged(event: NodeSighting | RunEventOf<'node.removed'>): void {
    if (event.type !== 'node.removed') this.#sightings.set(event.node, event);
    const run = this.#underWay();
    if (run?.plan.nodes.includes(event.node)) run.submit(event);
  }

  /** Lets go of the run under way. Another coordinator, or the next start of this one, resumes it. */
  halt(): void {
    this.#current?.halt();
    this.#newest?.halt();
  }

  #known(runId: string): RunExecution | undefined {
    return [this.#current, this.#newest].find((run) => run?.runId === runId);
  }

  async #any(runId: string): Promise<RunExecution> {
    const run = this.#known(runId) ?? (await this.#stored.replay(runId));
    if (!run) throw unknownRun(runId);
    return run;
  }

  async #createdOf(runId: string): Promise<RunEventOf<'run.created'>> {
    const created = this.#known(runId)?.created ?? (await this.#stored.createdOf(runId));
    if (!created) throw unknownRun(runId);
    return created;
  }

  #become(run: RunExecution): void {
    if (this.#current !== run) this.#former = this.#current;
    this.#current = run;
    // An older run that is only brought to its end does not become the newest one.
    const newest = this.#newest?.runId ?? '';
    if (isReal(run.created) && run.runId > newest) this.#newest = run;
  }

  /** Sets a run going that stands still. Its time limit counts anew, because the time that it stood was no work. */
  async #setGoing(run: RunExecution, limit: Pick<RunOrder, 'timeoutMs' | 'spentMs'>): Promise<void> {
    if (run.underWay) return;
    this.#become(run);
    const at = new Date().toISOString();
    // This comes first, because anything else that happens would find the old limit passed.
    await run.deliver({ type: 'run.resumed', at, ...limit });
    run.resume();
    for (const { name, status } of run.view().nodes) {
      const sighting = this.#sightings.get(name);
      if (sighting && (sighting.type === 'node.unreachable' || status === 'unreachable'))
        run.submit({ ...sighting, at });
    }
  }

  /** The run that this process keeps going; undefined when none does. */
  #underWay(): RunExecution | undefined {
    return this.#current?.underWay === true ? this.#current : undefined;
  }

  async #supersede(run: RunExecution): Promise<void> {
    run.resume();
    await run.deliver({ type: 'run.cancelled', at: new Date().toISOString(), reason: 'superseded by a newer run' });
    run.halt();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(ignoring('the caller gets the error; the next one only waits for its turn'));
    return mine;
  }
}

/** Makes an identifier. Identifiers sort by the time of their creation, to the millisecond. */
function newRunId(): string {
  const time = new Date()
    .toISOString()
    .replace(/[-:.z]/gi, '')
    .toLowerCase();
  return `run-${time}-${randomBytes(3).toString('hex')}`;
}
