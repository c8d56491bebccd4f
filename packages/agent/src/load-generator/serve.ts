import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { ignoring } from '@vhive/base/ignoring';
import { failureOf } from '@vhive/shared';
import type { GeneratorOrder, GeneratorWord } from '../host/generator-order.ts';
import { generate } from './generator.ts';

/** Takes one order from the agent that started this process, carries it out and tells how it went. Returns the exit code. */
export async function serveGenerator(): Promise<number> {
  // The load ends with the agent that it is for.
  const gone = new AbortController();
  process.once('disconnect', () => gone.abort(new Error('the agent is gone')));
  const ordered = once(process, 'message') as Promise<[GeneratorOrder]>;
  await say({ type: 'ready' });
  const [[order]] = await Promise.all([ordered, beOrdinary()]);
  try {
    const totals = await generate(order, (progress) => void say({ type: 'progress', progress }), gone.signal);
    await say({ type: 'done', totals });
    return 0;
  } catch (error) {
    await say({ type: 'failed', failure: failureOf(error) });
    return 1;
  }
}

/** The agent is one of the last processes to be killed when memory runs out; a load is not worth that. */
async function beOrdinary(): Promise<void> {
  await writeFile('/proc/self/oom_score_adj', '0').catch(ignoring('it is no worse than before'));
}

async function say(word: GeneratorWord): Promise<void> {
  if (process.connected) await new Promise((resolve) => process.send?.(word, undefined, undefined, resolve));
}
