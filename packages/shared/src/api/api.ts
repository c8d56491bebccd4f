import * as z from 'zod';
import { clusterFile } from '../cluster-file/index.ts';
import { runEvent } from '../events/run-events.ts';
import { executorName, isoTime, nodeName, runId } from '../names.ts';
import { facts } from '../wire/facts.ts';
import { failure, progress, taskResult } from '../wire/results.ts';

/**
 * The operators' HTTP API: `Authorization: Bearer <operator token>`, JSON bodies, refusals as `httpFailure`.
 *
 *     GET    /v1/health                      no token: cluster name and version
 *     GET    /v1/status                      statusView
 *     GET    /v1/nodes                       nodeView[]
 *     POST   /v1/nodes/:name/approve         nodeView
 *     DELETE /v1/nodes/:name                 204; the agent's credentials are revoked
 *     GET    /v1/tokens                      tokenView[] (never the secret)
 *     POST   /v1/tokens                      tokenRequest -> tokenCreated (the only time the secret is shown)
 *     DELETE /v1/tokens/:id                  204
 *     POST   /v1/plan                        runRequest -> plan
 *     POST   /v1/runs                        runRequest -> runStarted; an unfinished run of the same input is resumed
 *     GET    /v1/runs                        runSummary[]
 *     GET    /v1/runs/:id                    runView
 *     POST   /v1/runs/:id/retry              retryRequest -> runView
 *     POST   /v1/runs/:id/cancel             runView
 *     GET    /v1/logs?run=&node=&phase=      newline-delimited logLine (application/x-ndjson)
 *     WS     /v1/logs/follow?run=&node=&phase=   logLine per message: stored ones first, then live
 *     WS     /v1/stream?run=                 streamMessage per message: stored run events first, then live; without run: the
 *                                         newest, and every run that begins later
 */
export const API_PREFIX = '/v1';

/** A node as operators see it. pending: enrolled without token, waits for approval. */
export const nodeView = z.object({
  name: nodeName,
  status: z.enum(['pending', 'reachable', 'unreachable']),
  /** Address on the chosen LAN, or the one it enrolled from. */
  address: z.string(),
  enrolledAt: isoTime,
  lastSeen: isoTime.nullable(),
  agentVersion: z.string(),
  load: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  clockOffsetMs: z.number().nullable(),
  outbox: z.number().int(),
  /** Messages dropped by the agent and, prefixed `coordinator.`, those of this agent dropped by the coordinator. */
  rejected: z.record(z.string(), z.number()),
  /** Public curve key: secrets for this node are sealed with it. */
  sealingKey: z.string(),
  /** true: the agent of the coordinator's own host. */
  local: z.boolean(),
  facts,
});
/** See {@link nodeView}. */
export type NodeView = z.infer<typeof nodeView>;

/** Options of a new join token. */
export const tokenRequest = z.object({
  /** Seconds until it expires. */
  ttlSeconds: z
    .number()
    .int()
    .positive()
    .max(365 * 86_400)
    .default(86_400),
  description: z.string().max(200).default(''),
});

/** A join token as listed. */
export const tokenView = z.object({
  id: z.string(),
  description: z.string(),
  createdAt: isoTime,
  expiresAt: isoTime,
  revoked: z.boolean(),
  uses: z.number().int(),
});
/** See {@link tokenView}. */
export type TokenView = z.infer<typeof tokenView>;

/** Answer to the creation of a token: the only place where the secret stands. */
export const tokenCreated = z.object({ token: z.string(), view: tokenView });

/** What `up`, `plan` and `up --dry-run` ask for. */
export const runRequest = z.object({
  config: clusterFile,
  /** Names of the nodes that take part; the control plane is among them. */
  nodes: z.array(nodeName).min(1),
  mode: z.enum(['apply', 'check']).default('apply'),
  /** Last phase to run. */
  until: z.string().optional(),
  /** Phases to leave out. */
  skip: z.array(z.string()).default([]),
  /** Run steps of these nodes only; empty: all. */
  limit: z.array(nodeName).default([]),
  timeoutSeconds: z.number().int().positive().optional(),
  /** The mirror tree (directory or URL) instead of the internet. */
  mirror: z.string().optional(),
});
/** See {@link runRequest}. */
export type RunRequest = z.infer<typeof runRequest>;

/** Answer to a run request. */
export const runStarted = z.object({ runId, resumed: z.boolean() });

/** Which failed nodes to try again; empty: all. */
export const retryRequest = z.object({ nodes: z.array(executorName).default([]) });

/** Where a step stands. waiting: between two attempts. */
export const stepStatus = z.enum(['pending', 'running', 'waiting', 'done', 'failed', 'skipped']);
/** See {@link stepStatus}. */
export type StepStatus = z.infer<typeof stepStatus>;

/** Outcome of a run, or that it is under way. */
export const runStatus = z.enum(['running', 'ready', 'refused', 'failed', 'timed-out', 'cancelled']);
/** See {@link runStatus}. */
export type RunStatus = z.infer<typeof runStatus>;

/** A step as people see it. */
export const stepView = z.object({
  id: z.string(),
  phase: z.string(),
  node: executorName,
  executor: executorName,
  title: z.string(),
  status: stepStatus,
  /** Attempts begun. */
  attempts: z.number().int(),
  startedAt: isoTime.optional(),
  finishedAt: isoTime.optional(),
  /** Results of the last attempt's tasks. */
  tasks: z.array(taskResult),
  /** Why it failed or was skipped. */
  failure: failure.optional(),
});
/** See {@link stepView}. */
export type StepView = z.infer<typeof stepView>;

/** A run as people see it. */
export const runView = z.object({
  runId,
  mode: z.enum(['apply', 'check']),
  status: runStatus,
  createdAt: isoTime,
  finishedAt: isoTime.optional(),
  controlPlane: nodeName,
  phases: z.array(z.object({ name: z.string(), title: z.string() })),
  nodes: z.array(
    z.object({
      name: nodeName,
      status: z.enum(['ok', 'unreachable', 'failed', 'removed']),
      /** Why it failed: the first cause. */
      failure: failure.optional(),
    }),
  ),
  steps: z.array(stepView),
});
/** See {@link runView}. */
export type RunView = z.infer<typeof runView>;

/** A run in a list. */
export const runSummary = runView.pick({ runId: true, mode: true, status: true, createdAt: true, finishedAt: true });

/** The whole picture for `status`. */
export const statusView = z.object({
  cluster: z.string(),
  version: z.string(),
  time: isoTime,
  natsVersion: z.string(),
  /** Messages the coordinator dropped, by reason. */
  rejected: z.record(z.string(), z.number()),
  nodes: z.array(nodeView),
  run: runView.nullable(),
});
/** See {@link statusView}. */
export type StatusView = z.infer<typeof statusView>;

/** A line of output of a step. */
export const logLine = z.object({
  at: isoTime,
  runId,
  node: executorName,
  phase: z.string(),
  stepId: z.string(),
  attemptId: z.string(),
  taskId: z.string(),
  stream: z.enum(['stdout', 'stderr', 'agent']),
  text: z.string(),
});
/** See {@link logLine}. */
export type LogLine = z.infer<typeof logLine>;

/** What the WebSocket stream says. Folding the events of a run gives its state. */
export const streamMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('nodes'), time: isoTime, nodes: z.array(nodeView) }),
  z.object({ type: z.literal('event'), time: isoTime, runId, sequence: z.number().int(), event: runEvent }),
  /** All stored events have been sent; what follows is live. */
  z.object({ type: z.literal('caught-up'), time: isoTime, runId: runId.nullable() }),
  z.object({ type: z.literal('progress'), time: isoTime, node: executorName, progress }),
]);
/** See {@link streamMessage}. */
export type StreamMessage = z.infer<typeof streamMessage>;
