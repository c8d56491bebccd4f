import type {
  LogLine,
  NodeView,
  Plan,
  RunRequest,
  RunView,
  runStarted,
  runSummary,
  StatusView,
  StreamMessage,
  TokenView,
  tokenCreated,
  tokenRequest,
} from '@vhive/shared';
import type { z } from 'zod';

/** Which lines of output are wanted; absent fields match everything. */
export interface LogFilter {
  runId?: string | undefined;
  node?: string | undefined;
  phase?: string | undefined;
}

/** Everything an operator can ask of a coordinator. The HTTP routes are a thin skin over it. */
export interface Operations {
  status(): StatusView;
  nodes(): NodeView[];
  approve(node: string): Promise<NodeView>;
  /** Revokes the node's credentials and forgets it. */
  remove(node: string): Promise<void>;
  tokens(): Promise<TokenView[]>;
  createToken(request: z.output<typeof tokenRequest>): Promise<z.output<typeof tokenCreated>>;
  revokeToken(id: string): Promise<void>;
  plan(request: RunRequest): Promise<Plan>;
  startRun(request: RunRequest): Promise<z.output<typeof runStarted>>;
  runs(): Promise<z.output<typeof runSummary>[]>;
  run(runId: string): Promise<RunView>;
  retry(runId: string, nodes: string[]): Promise<RunView>;
  cancel(runId: string): Promise<RunView>;
  logs(filter: LogFilter): AsyncIterable<LogLine>;
  followLogs(filter: LogFilter, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Stored events of the run (default: the newest) first, then everything as it happens. */
  stream(runId: string | undefined, signal: AbortSignal): AsyncIterable<StreamMessage>;
}
