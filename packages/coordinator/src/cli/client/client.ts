import { once } from 'node:events';
import { Agent } from 'node:https';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import {
  API_PREFIX,
  type LogLine,
  logLine,
  type NodeView,
  nodeView,
  type Plan,
  plan,
  type RunRequest,
  type RunView,
  runStarted,
  runSummary,
  runView,
  type StatusView,
  type StreamMessage,
  statusView,
  streamMessage,
  type TokenView,
  tokenCreated,
  tokenView,
  VhiveError,
} from '@vhive/shared';
import { z } from 'zod';
import { unreachableError } from './failure.ts';
import { type ApiRequest, type Endpoint, send } from './request.ts';
import { messagesOf } from './socket.ts';

export type { Endpoint } from './request.ts';

const health = z.object({ cluster: z.string(), version: z.string() });

/** Which lines of output are wanted; absent fields match everything. */
export interface LogSelection {
  run?: string | undefined;
  node?: string | undefined;
  phase?: string | undefined;
}

/**
 * A coordinator's API, every answer checked. All methods throw VhiveError: the coordinator's own refusal, or
 * `unreachable` when it does not answer.
 */
export interface ApiClient {
  readonly url: string;
  /** Needs no token. `limitMs`: how long to wait for the answer, milliseconds. */
  health(limitMs?: number): Promise<z.output<typeof health>>;
  status(): Promise<StatusView>;
  nodes(): Promise<NodeView[]>;
  approveNode(name: string): Promise<NodeView>;
  removeNode(name: string): Promise<void>;
  tokens(): Promise<TokenView[]>;
  createToken(request: { ttlSeconds: number; description: string }): Promise<z.output<typeof tokenCreated>>;
  revokeToken(id: string): Promise<void>;
  plan(request: RunRequest): Promise<Plan>;
  startRun(request: RunRequest): Promise<z.output<typeof runStarted>>;
  runs(): Promise<z.output<typeof runSummary>[]>;
  run(runId: string): Promise<RunView>;
  retry(runId: string, nodes: string[]): Promise<RunView>;
  cancel(runId: string): Promise<RunView>;
  /** Stored lines; ends at the last. */
  logs(selection: LogSelection, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Stored lines, then live ones until the signal aborts. */
  followLogs(selection: LogSelection, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Stored events of a run (default: the newest), then everything as it happens, until the signal aborts. */
  stream(runId: string | undefined, signal: AbortSignal): AsyncIterable<StreamMessage>;
  /** Closes idle connections. */
  close(): void;
}

/** A client of one coordinator, over HTTPS that trusts the given CA alone. Opens nothing until it is used. */
export function createClient(endpoint: Endpoint): ApiClient {
  const agent = new Agent({ keepAlive: true, ca: endpoint.ca });
  const ask = async <S extends z.ZodType>(schema: S, request: ApiRequest): Promise<z.output<S>> => {
    const answer = await send(endpoint, agent, { ...request, path: API_PREFIX + request.path });
    return checked(schema, await json(answer), request);
  };
  const tell = async (request: ApiRequest): Promise<void> => {
    const answer = await send(endpoint, agent, { ...request, path: API_PREFIX + request.path });
    answer.resume();
    await once(answer, 'end');
  };
  const part = encodeURIComponent;
  return {
    url: endpoint.url,
    health: (limitMs = 5_000) => ask(health, { method: 'GET', path: '/health', idleLimitMs: limitMs }),
    status: () => ask(statusView, { method: 'GET', path: '/status' }),
    nodes: () => ask(z.array(nodeView), { method: 'GET', path: '/nodes' }),
    approveNode: (name) => ask(nodeView, { method: 'POST', path: `/nodes/${part(name)}/approve`, body: {} }),
    removeNode: (name) => tell({ method: 'DELETE', path: `/nodes/${part(name)}` }),
    tokens: () => ask(z.array(tokenView), { method: 'GET', path: '/tokens' }),
    createToken: (request) => ask(tokenCreated, { method: 'POST', path: '/tokens', body: request }),
    revokeToken: (id) => tell({ method: 'DELETE', path: `/tokens/${part(id)}` }),
    plan: (request) => ask(plan, { method: 'POST', path: '/plan', body: request }),
    startRun: (request) => ask(runStarted, { method: 'POST', path: '/runs', body: request }),
    runs: () => ask(z.array(runSummary), { method: 'GET', path: '/runs' }),
    run: (id) => ask(runView, { method: 'GET', path: `/runs/${part(id)}` }),
    retry: (id, nodes) => ask(runView, { method: 'POST', path: `/runs/${part(id)}/retry`, body: { nodes } }),
    cancel: (id) => ask(runView, { method: 'POST', path: `/runs/${part(id)}/cancel`, body: {} }),
    logs: (selection, signal) => storedLogs(endpoint, agent, selection, signal),
    followLogs: (selection, signal) =>
      messagesOf(endpoint, `${API_PREFIX}/logs/follow${query({ ...selection })}`, logLine, signal),
    stream: (runId, signal) =>
      messagesOf(endpoint, `${API_PREFIX}/stream${query({ run: runId })}`, streamMessage, signal),
    close: () => agent.destroy(),
  };
}

async function* storedLogs(
  endpoint: Endpoint,
  agent: Agent,
  selection: LogSelection,
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const path = `${API_PREFIX}/logs${query({ ...selection })}`;
  const answer = await send(endpoint, agent, { method: 'GET', path, signal });
  // readline swallows a broken connection, which must not look like the end of the logs.
  let broken: Error | undefined;
  answer.once('error', (cause) => {
    broken = cause;
  });
  for await (const line of createInterface({ input: answer })) {
    if (line !== '') yield checked(logLine, JSON.parse(line), { method: 'GET', path });
  }
  if (signal.aborted) return;
  if (broken || !answer.complete) throw unreachableError(endpoint.url, broken ?? new Error('the answer broke off'));
}

function checked<S extends z.ZodType>(schema: S, value: unknown, request: { method: string; path: string }) {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new VhiveError({
    code: 'internal',
    message: `the coordinator's answer to ${request.method} ${request.path} is not what this version expects: ${z.prettifyError(parsed.error)}`,
    hint: 'are vhive-coord and the running coordinator of the same version? restart it: systemctl restart vhive-coord',
  });
}

function query(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
