import { type ImagePreloadJob, VhiveError } from '@vhive/shared';
import { ARTIFACTS } from '../phases/kit/fetch-step.ts';
import { archiveOf, archiveStep, fetchArchives } from '../phases/kit/image-archives.ts';
import { nodeStep } from '../phases/kit/steps.ts';
import { task } from '../phases/kit/task.ts';
import type { JobContext, PlannedJob } from './job.ts';

const PHASE = 'image-preload';

/** Plans that nodes have images before anything uses them, as `images.preload` of the cluster file does in `up`. */
export function planImagePreload(job: ImagePreloadJob, context: JobContext): PlannedJob {
  const { config, controlPlane, nodes } = context;
  if (config === undefined)
    throw new VhiveError({
      code: 'usage',
      message: 'this cluster was not brought up yet, so its nodes cannot hold images',
      hint: 'vhive-coord up --nodes N; images.preload of the cluster file has them loaded meanwhile',
    });
  const refs = [...new Set(job.refs)];
  const [images, on] = [counted(refs, 'image'), counted(nodes, 'node')];
  return {
    title: `${images} on ${nodes.length === 1 ? nodes[0]?.name : on}`,
    plan: {
      phases: [
        { name: ARTIFACTS, title: 'Images from outside' },
        { name: PHASE, title: 'Images on nodes' },
      ],
      controlPlane: controlPlane.name,
      nodes: nodes.map(({ name }) => name),
      steps: [
        ...fetchArchives(refs, { config, nodes }, () => false),
        ...nodes.map((node) =>
          nodeStep(context, PHASE, node, {
            title: images,
            needs: refs.map((ref) => archiveStep(ref, node)),
            tasks: refs.map((ref, index) =>
              task(`image-${index + 1}`, ref, 'image', { ref, archive: archiveOf(ref, node) }),
            ),
            policy: { onFailure: 'fail-node' },
          }),
        ),
      ],
    },
  };
}

const counted = (of: readonly unknown[], what: string) => `${of.length} ${what}${of.length === 1 ? '' : 's'}`;
