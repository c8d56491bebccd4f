import { once } from 'node:events';
import { failureOf } from '@vhive/shared';
import type { GeneratorOrder, GeneratorWord } from '../host/generator-order.ts';
import { generate } from './generator.ts';

/** Takes one order from the agent that started this process, carries it out and tells how it went. Returns the exit code. */
export async function serveGenerator(): Promise<number> {
  // The load ends with the agent that it is for.
  const gone = new AbortController();
  process.once('disconnect', () => gone.abort(new Error('the agent is gone')));
  const [order] = (await once(process, 'message')) as [GeneratorOrder];
  try {
    const totals = await generate(order, (progress) => void say({ type: 'progress', progress }), gone.signal);
    await say({ type: 'done', totals });
    return 0;
  } catch (error) {
    await say({ type: 'failed', failure: failureOf(error) });
    return 1;
  }
}

async function say(word: GeneratorWord): Promise<void> {
  if (process.connected) await new Promise((resolve) => process.send?.(word, undefined, undefined, resolve));
}
