import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isFailureCode, type LoadProgress, type LoadTotals, VhiveError } from '@vhive/shared';
import { GENERATE_LOAD, type GeneratorOrder, type GeneratorWord } from './generator-order.ts';

/**
 * The young generation of a generator, MiB: each call leaves garbage, which is collected the more cheaply the less often
 * that is done. The agent itself has a small one.
 */
const YOUNG_MIB = 16;

/** The agent's own program: its source, or its bundle, which stands above the chunks that this file is in. */
const program = import.meta.filename.endsWith('.ts')
  ? join(import.meta.dirname, '../main.ts')
  : join(import.meta.dirname.replace(/\/chunks$/, ''), 'vhive-agent.mjs');

/**
 * Sends a share of a load from a process of its own, and not from the agent's: a full event loop or a garbage collection
 * of one would make the other late (heartbeats, and the times of calls); what the load takes of memory is given back with
 * the process; and what kills the generator does not kill the agent. A thread would share the process, its allocator and
 * the four threads that compress and write. The process ends with the agent.
 *
 * Rejects with the generator's failure, and with the signal's reason.
 */
export async function generateLoad(
  order: GeneratorOrder,
  { signal, onProgress }: { signal: AbortSignal; onProgress(progress: LoadProgress): void },
): Promise<LoadTotals> {
  signal.throwIfAborted();
  const child = startGenerator();
  const kill = () => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  let last: GeneratorWord | undefined;
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child
        .once('error', reject)
        .once('close', () => resolve())
        .on('message', (word) => {
          last = word as GeneratorWord;
          if (last.type === 'progress') onProgress(last.progress);
        });
      child.send(order, (error) => error && reject(error));
    });
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
  }
  signal.throwIfAborted();
  if (last?.type === 'done') return last.totals;
  if (last?.type === 'failed') {
    const { code, message, hint } = last.failure;
    throw new VhiveError({ code: isFailureCode(code) ? code : 'step-failed', message, hint });
  }
  throw new VhiveError({
    code: 'step-failed',
    message: `the load generator ended in the middle of the load: ${child.signalCode ?? `exit status ${child.exitCode}`}`,
    hint: said.trim() || 'did memory run out? journalctl -k tells',
  });
}

/** Starts a load generator, ends it, and returns how long it took until it could have taken an order, milliseconds. */
export async function timeGenerator(signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  const begun = performance.now();
  const child = startGenerator();
  const answered = new AbortController();
  const either = { signal: AbortSignal.any([signal, answered.signal]) };
  try {
    const isReady = await Promise.race([
      once(child, 'message', either).then(() => true),
      once(child, 'close', either).then(() => false),
    ]);
    if (isReady) return performance.now() - begun;
    throw new VhiveError({
      code: 'step-failed',
      message: `a load generator ends as soon as it is started: ${child.signalCode ?? `exit status ${child.exitCode}`}`,
      hint: 'did memory run out? journalctl -k tells',
    });
  } finally {
    answered.abort();
    child.kill('SIGKILL');
  }
}

function startGenerator(): ChildProcess {
  return fork(program, [GENERATE_LOAD], {
    execArgv: ['--disable-sigusr1', `--max-semi-space-size=${YOUNG_MIB}`],
    // The agent's own settings of Node.js, and proxies, are not for the generator.
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
