import { actions, defined, fullImageReference, parseImageReference, VhiveError } from '@vhive/shared';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import { withJob } from '../../jobs/with-job.ts';
import type { Flags } from '../../options/command-options.ts';
import { chosenNode } from './chosen-node.ts';
import { credentialsFor } from './credentials.ts';
import { sealFor } from './seal.ts';

/** Has a node make an eStargz image and push it, and says what came of it. */
export async function runOptimize(
  image: string,
  made: string,
  flags: Flags<'image optimize'>,
  context: CliContext,
): Promise<void> {
  const { io } = context;
  const [ref, target] = [fullImageReference(image), fullImageReference(made)];
  refuseName(ref, target);
  const { registry } = parseImageReference(target);
  const credentials = await credentialsFor(registry, flags, { stdin: process.stdin, stderr: io.stderr });
  const { push, platform, plainHttp = false } = flags;
  await withInterrupt(io, (signal) =>
    withJob(
      async (client) => {
        const node = await chosenNode(client, flags.node);
        return {
          ...{ kind: 'image-optimize', nodes: [node.name], ref, target, push, plainHttp },
          ...defined({ platform, credentials: credentials && sealFor(node, credentials) }),
        };
      },
      flags,
      context,
      { signal },
      async ({ view, outputs }) => {
        const [step] = view.steps;
        if (step === undefined) throw new Error('a job to optimize an image has a step');
        const outputsOf = <N extends 'image.pull' | 'image.optimize'>(task: string, action: N) =>
          actions[action].outputs.parse(outputs(step.id, task));
        const { digest } = outputsOf('optimize', 'image.optimize');
        const { fetched } = actions['image.pull'].outputs.parse(outputs(step.id, 'pull'));
        const made = step.tasks.some(({ id, status }) => id === 'optimize' && status === 'changed');
        io.line({
          ...{ type: 'image', image: target, from: ref, node: step.node, digest, changed: made },
          status: push ? 'pushed' : 'optimized',
        });
        if (!fetched) io.say(`${ref} was there, and is what its registry has`);
        if (!made) io.say(`${target} was made of it before`);
        io.say(push ? `${target} is in its registry: ${digest}` : `${target} is on ${step.node}: ${digest}`);
        io.result = { ...io.result, runId: view.runId };
      },
    ),
  );
}

function refuseName(ref: string, target: string): void {
  const why =
    ref === target
      ? `${ref} cannot be its own eStargz image`
      : parseImageReference(target).digest === undefined
        ? undefined
        : `${target}: a new image has no digest yet`;
  if (why === undefined) return;
  throw new VhiveError({ code: 'usage', message: why, hint: 'give the new image a tag of its own, such as NAME:esgz' });
}
