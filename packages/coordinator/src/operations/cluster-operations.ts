import type { EventEmitter } from 'node:events';
import { checkConfig } from '@vhive/core/cluster-file/index';
import { buildPlan } from '@vhive/core/plan/index';
import {
  type ClusterConfig,
  type NodeView,
  type Plan,
  type Progress,
  type RunRequest,
  VERSION,
  VhiveError,
} from '@vhive/shared';
import type { AgentLink } from '../nats/agent-link.ts';
import type { EventStore } from '../nats/event-store.ts';
import type { LogStore } from '../nats/log-store.ts';
import type { NodeRegistry } from '../nodes/node-registry.ts';
import { inputHash } from '../runs/input-hash.ts';
import type { Runner } from '../runs/runner.ts';
import type { JoinTokens } from '../trust/join-tokens.ts';
import type { Operations } from './operations.ts';
import { runStream, type StreamedRun } from './run-stream.ts';

/** What the operations act on. */
export interface OperationParts {
  cluster: string;
  natsVersion: string;
  registry: NodeRegistry;
  tokens: JoinTokens;
  runner: Runner;
  events: EventStore;
  logs: LogStore;
  link: AgentLink;
  /** Progress of agents and of the coordinator's own steps. */
  progress: EventEmitter<{ progress: [executor: string, progress: Progress] }>;
  /** Takes the network that a request names as the one for all cluster traffic; throws code `preflight` when no node is in it. */
  chooseLan(config: ClusterConfig): void;
  /** Where artifacts come from instead of the internet from now on; undefined: as the coordinator was started. */
  useMirror(mirror: string | undefined): void;
  /** Whether artifacts come from a mirror. */
  mirrored(): boolean;
  /** Images that the mirror says it has for all of these architectures, as references in full. */
  mirrorImages(arches: readonly string[]): Promise<string[]>;
  /** Whether a new run may cancel an unfinished one of other input (the coordinator of a single `up`). */
  supersede: boolean;
}

type ProgressListener = (executor: string, progress: Progress) => void;

/** The operations of a running coordinator. */
export function clusterOperations(parts: OperationParts): Operations {
  const { registry, tokens, runner, events, logs, progress } = parts;

  function nodeNamed(name: string): NodeView {
    const node = registry.view(name);
    if (node) return node;
    throw new VhiveError({
      code: 'usage',
      message: `there is no node ${name}`,
      hint: 'see the nodes: vhive-coord nodes ls',
    });
  }

  async function planFor(request: RunRequest): Promise<{ plan: Plan; nodes: NodeView[] }> {
    parts.chooseLan(request.config);
    parts.useMirror(request.mirror);
    const nodes = request.nodes.map(nodeNamed);
    const controlPlane = controlPlaneAmong(nodes, request.config);
    const { config, until, skip, limit } = request;
    checkConfig(config, nodes);
    const mirrorImages = await parts.mirrorImages(nodes.map(({ facts }) => facts.arch));
    const plan = buildPlan(
      { config, nodes, controlPlane, mirror: parts.mirrored(), mirrorImages },
      { ...(until === undefined ? {} : { until }), skip, limit },
    );
    return { plan, nodes };
  }

  return {
    status: () => ({
      cluster: parts.cluster,
      version: VERSION,
      time: new Date().toISOString(),
      natsVersion: parts.natsVersion,
      rejected: sum(parts.link.rejected(), logs.rejected()),
      nodes: registry.views(),
      run: runner.current?.view() ?? null,
    }),
    nodes: () => registry.views(),
    approve: (name) => registry.approve(name),
    remove: (name) => registry.remove(name),
    tokens: () => tokens.list(),
    createToken: (request) => tokens.create(request),
    async revokeToken(id) {
      await tokens.revoke(id);
    },
    plan: async (request) => (await planFor(request)).plan,
    async startRun(request) {
      const { plan, nodes } = await planFor(request);
      const { config, mode, until, skip, limit } = request;
      const order = {
        plan,
        mode,
        inputHash: inputHash({ config, nodes: [...request.nodes].sort(), mode, until, skip, limit }),
        giveUpAfterMs: config.limits.giveUpAfterSeconds * 1000,
        ...(request.timeoutSeconds === undefined ? {} : { timeoutMs: request.timeoutSeconds * 1000 }),
        unreachable: nodes
          .filter((node) => node.status !== 'reachable')
          .map((node) => ({ node: node.name, lastSeen: node.lastSeen ?? node.enrolledAt })),
      };
      return await runner.start(order, { supersede: parts.supersede });
    },
    async runs() {
      const views = await Promise.all((await events.listRuns()).map((id) => runner.view(id)));
      return views.map(({ runId, mode, status, createdAt, finishedAt }) => ({
        runId,
        mode,
        status,
        createdAt,
        ...(finishedAt === undefined ? {} : { finishedAt }),
      }));
    },
    run: (id) => runner.view(id),
    retry: (id, nodes) =>
      runner.retry(
        id,
        nodes,
        registry.views().map(({ name }) => name),
      ),
    cancel: (id) => runner.cancel(id, 'the operator cancelled the run'),
    logs: (filter) => logs.read(filter),
    followLogs: (filter, signal) => logs.follow(filter, signal),
    async *stream(id, signal) {
      const sources = {
        nodes: () => registry.views(),
        onNodesChanged: (listener: () => void) => subscribe(registry.events, 'changed', listener),
        onProgress: (listener: ProgressListener) => subscribe(progress, 'progress', listener),
        onRun: (listener: (run: StreamedRun) => void) => subscribe(runner.events, 'begun', listener),
        follow: events.follow.bind(events),
      };
      const run = id === undefined ? runner.current : await runner.find(id);
      yield* runStream(sources, { run, newRuns: id === undefined }, signal);
    },
  };
}

/** The master: the named one, else the coordinator's own host, else the only node. */
export function controlPlaneAmong(nodes: readonly NodeView[], config: ClusterConfig): NodeView {
  const chosen = config.controlPlane
    ? nodes.find((node) => node.name === config.controlPlane)
    : (nodes.find((node) => node.local) ?? (nodes.length === 1 ? nodes[0] : undefined));
  if (chosen) return chosen;
  throw new VhiveError({
    code: 'usage',
    message: config.controlPlane
      ? `the control plane ${config.controlPlane} is not among the nodes ${nodes.map((node) => node.name).join(', ')}`
      : "no node is the coordinator's own host, so which is the master is not known",
    hint: 'start an agent on this host too, or name the master: controlPlane: <node> in the cluster file',
  });
}

function subscribe<M extends Record<keyof M, unknown[]>, K extends keyof M & string>(
  emitter: EventEmitter<M>,
  name: K,
  listener: (...values: never[]) => void,
): () => void {
  const plain = emitter as unknown as EventEmitter;
  plain.on(name, listener as (...values: unknown[]) => void);
  return () => plain.off(name, listener as (...values: unknown[]) => void);
}

function sum(...counts: Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const one of counts)
    for (const [reason, count] of Object.entries(one)) total[reason] = (total[reason] ?? 0) + count;
  return total;
}
