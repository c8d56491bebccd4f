import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../../host/host.ts';
import { createRealHost } from '../../host/real-host.ts';
import type { ActionContext } from './action.ts';

/**
 * A context for trying actions: the host is a real one whose files are in a temporary directory, and the records are in
 * memory.
 */
export interface TestContext extends ActionContext, AsyncDisposable {
  root: string;
  logged: string[];
  /** What `waiting` was called with. */
  waited: string[][];
  redacted: string[];
}

/**
 * Makes a context. Commands are looked for in `searchPath`; by default none is found, so that no test can change the
 * machine.
 */
export async function testContext(
  options: { searchPath?: string; signal?: AbortSignal; host?: (host: Host) => Partial<Host> } & Partial<
    Pick<ActionContext, 'download' | 'has' | 'upload' | 'patience' | 'clockOffsetMs' | 'progress'>
  > = {},
): Promise<TestContext> {
  const root = await mkdtemp(join(tmpdir(), 'vhive-action-'));
  const real = createRealHost({ root, searchPath: options.searchPath ?? join(root, 'bin') });
  const records = new Map<string, unknown>();
  const logged: string[] = [];
  const waited: string[][] = [];
  const redacted: string[] = [];
  const signal = options.signal ?? AbortSignal.timeout(30_000);
  return {
    root,
    logged,
    waited,
    redacted,
    host: { ...real, ...options.host?.(real) },
    signal,
    patience: options.patience ?? 1,
    log: (text) => void logged.push(text),
    progress: options.progress ?? (() => undefined),
    waiting: (reasons) => void waited.push([...reasons]),
    streamed: { signal, onLine: (_stream, line) => void logged.push(line) },
    download:
      options.download ??
      (async () => {
        throw new Error('nothing to download from');
      }),
    has: options.has ?? (async () => false),
    upload:
      options.upload ??
      (async () => {
        throw new Error('nowhere to upload to');
      }),
    seal: (recipient, secret) => ({ sealed: Buffer.from(secret).toString('base64'), from: recipient }),
    open: ({ sealed }) => Buffer.from(sealed, 'base64').toString(),
    redact: (secret) => void redacted.push(secret),
    records: {
      get: async (name) => records.get(name),
      set: async (name, value) => void records.set(name, JSON.parse(JSON.stringify(value))),
    },
    clockOffsetMs: options.clockOffsetMs ?? (() => 0),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
