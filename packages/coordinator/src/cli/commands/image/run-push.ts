import { actions, defined, isRegistry, VhiveError } from '@vhive/shared';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import { withJob } from '../../jobs/with-job.ts';
import type { Flags } from '../../options/command-options.ts';
import { chosenNode } from './chosen-node.ts';
import { credentialsFor } from './credentials.ts';
import { wantedImages } from './image-list.ts';
import { sealFor } from './seal.ts';

/** Has a node put images into a registry, and says under which names. */
export async function runPush(
  words: readonly string[],
  flags: Flags<'image push'>,
  context: CliContext,
): Promise<void> {
  const { io } = context;
  const { registry, platform, plainHttp = false } = flags;
  const refs = await wantedImages(words, flags.from);
  if (registry !== undefined && !isRegistry(registry))
    throw new VhiveError({
      code: 'usage',
      message: `--registry ${registry}: is not the address of a registry`,
      hint: 'write it as 10.0.0.9:5000, or with a folder there: ghcr.io/me',
    });
  const who = registry?.split('/')[0] ?? 'the registry in the cluster';
  const credentials = await credentialsFor(who, flags, { stdin: process.stdin, stderr: io.stderr });
  await withInterrupt(io, (signal) =>
    withJob(
      async (client) => {
        const node = await chosenNode(client, flags.node);
        return {
          ...{ kind: 'image-push', nodes: [node.name], refs, plainHttp },
          ...defined({ registry, platform, credentials: credentials && sealFor(node, credentials) }),
        };
      },
      flags,
      context,
      { signal },
      async ({ view, plan, outputs }) => {
        for (const { id, executor, tasks } of plan.steps) {
          const { ref, target } = actions['image.publish'].params.parse(
            tasks.find((task) => task.id === 'push')?.params,
          );
          const { digest } = actions['image.publish'].outputs.parse(outputs(id, 'push'));
          const { fetched } = actions['image.pull'].outputs.parse(outputs(id, 'pull'));
          io.line({
            type: 'image',
            image: target,
            from: ref,
            status: 'pushed',
            node: executor,
            digest,
            changed: fetched,
          });
          io.say(`${target}  ${digest}`);
        }
        io.result = { ...io.result, runId: view.runId };
      },
    ),
  );
}
