import { dirname } from 'node:path';
import { count } from '@vhive/base/count';
import { sleep } from '@vhive/base/retry/sleep';
import { defined, type LoadProgress, type Params } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { loadTargets } from './load-targets.ts';

/** The first comparison of clocks is waited for so many milliseconds, and looked for so often. */
const COMPARED_MS = 3_000;
const LOOK_MS = 50;

/** The action `load.send`, whose contract says what it does. */
export const loadSend: Action<'load.send'> = {
  async check({ endpoints, share }, _context, applied) {
    if (applied) return { converged: true, outputs: applied };
    const whom = count(endpoints.length, 'endpoint');
    return { converged: false, changes: [`share ${share.generator + 1} of ${share.generators} is sent to ${whom}`] };
  },

  async apply(params, context) {
    const { host, log, progress, signal } = context;
    const { clockOffsetMs, startAt } = await ownStart(params, context);
    const { results, sending, share } = params;
    await using found = await loadTargets(params, context);
    for (const warning of found.warnings) log(`warning: ${warning}`);
    await host.makeDirectory(dirname(results), { mode: '0700' });
    const { protocol, connections, path, timeoutMs, mostInFlight } = params;
    const calls = { protocol, connections, path, timeoutMs, ...defined({ mostInFlight }) };
    try {
      const totals = await host.generateLoad(
        { calls, targets: found.targets, sending, share, startAt, results: host.localPath(results) },
        { signal, onProgress: (now) => progress(progressText(now), now) },
      );
      if (totals.interrupted) throw failedForGood('the load was broken off');
      const { startAtMs: startedAtMs } = params;
      return { totals, startedAtMs, clockOffsetMs, clockOffsetAfterMs: context.clockOffsetMs() };
    } catch (error) {
      await host.remove(results);
      throw error;
    }
  },
};

/** Returns when the load begins by this host's own clock, and what is assumed of that clock. */
async function ownStart(
  { startAtMs }: Params<'load.send'>,
  context: ActionContext,
): Promise<{ clockOffsetMs: number; startAt: number }> {
  const clockOffsetMs = await comparedOffset(context);
  const startAt = startAtMs + clockOffsetMs;
  const lateMs = Date.now() - startAt;
  if (lateMs <= 0) return { clockOffsetMs, startAt };
  throw failedForGood(`the load was to begin ${Math.round(lateMs)} ms ago, and nothing was sent`, {
    hint: 'was the agent started again in the middle, or is the node very busy? A load that was broken off is not resumed: send it again',
  });
}

/** An agent that has just started compares its clock with its first heartbeat, which is sent at once. */
async function comparedOffset({ clockOffsetMs, signal }: ActionContext): Promise<number> {
  for (const giveUpAt = performance.now() + COMPARED_MS; performance.now() < giveUpAt; await sleep(LOOK_MS, signal)) {
    const offset = clockOffsetMs();
    if (offset !== null) return offset;
  }
  throw failedForGood("this node's clock was not compared with the coordinator's yet, so it cannot begin in time", {
    hint: 'send the load again in a few seconds',
  });
}

function progressText(now: LoadProgress): string {
  const rps = (rate: number) => Number(rate.toFixed(1));
  const failures = now.failed > 0 ? `, ${now.failed} failed` : '';
  return `${(now.elapsedMs / 1000).toFixed(0)} s${now.warmingUp ? ', warming up' : ''}: ${rps(now.reachedRps)} of ${rps(now.askedRps)} rps, ${now.inFlight} in flight${failures}`;
}
