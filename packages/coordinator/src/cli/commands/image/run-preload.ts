import { count } from '@vhive/base/count';
import { COORDINATOR } from '@vhive/shared';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import { withJob } from '../../jobs/with-job.ts';
import { checkNames } from '../../known-names.ts';
import type { Flags } from '../../options/command-options.ts';
import { wantedImages } from './image-list.ts';

/** Loads images on nodes, and says which of them had them already. */
export async function runPreload(
  words: readonly string[],
  flags: Flags<'image preload'>,
  context: CliContext,
): Promise<void> {
  const { io } = context;
  const refs = await wantedImages(words, flags.from);
  await withInterrupt(io, (signal) =>
    withJob(
      async (client) => {
        const names = (await client.nodes()).filter(({ status }) => status !== 'pending').map(({ name }) => name);
        checkNames('node', flags.node ?? [], names);
        return { kind: 'image-preload', nodes: flags.node ?? names, refs };
      },
      flags,
      context,
      { signal },
      async ({ view }) => {
        const steps = view.steps.filter(({ executor }) => executor !== COORDINATOR);
        const there: string[] = [];
        for (const { node, tasks } of steps) {
          const changed = tasks.filter(({ status }) => status === 'changed').length;
          for (const [index, { status }] of tasks.entries())
            io.line({
              type: 'image',
              image: refs[index] ?? '',
              status: 'preloaded',
              node,
              changed: status === 'changed',
            });
          if (changed === 0) there.push(node);
        }
        io.say(`${count(refs.length, 'image')} on ${steps.map(({ node }) => node).join(', ')}`);
        if (there.length > 0) io.say(`had all of them already: ${there.join(', ')}`);
        io.result = { ...io.result, runId: view.runId };
      },
    ),
  );
}
