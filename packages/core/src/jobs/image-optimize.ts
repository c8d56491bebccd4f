import { defined, type ImageOptimizeJob, parseImageReference, VhiveError } from '@vhive/shared';
import { features } from '../features.ts';
import { nodeStep } from '../phases/kit/steps.ts';
import { task } from '../phases/kit/task.ts';
import type { JobContext, PlannedJob } from './job.ts';
import { onlyNode, platformOf } from './on-one-node.ts';

/** The phase of the one step of these jobs. */
const PHASE = 'image-optimize';

/** Plans that an image becomes an eStargz image. Throws `usage` where the nodes have no ctr-remote. */
export function planImageOptimize(job: ImageOptimizeJob, context: JobContext): PlannedJob {
  const { ref, target, plainHttp, credentials, push } = job;
  refuseWithoutStargz(context);
  const node = onlyNode(context);
  const platform = platformOf(job, node);
  const same = parseImageReference(ref).registry === parseImageReference(target).registry;
  const access = { plainHttp, ...defined({ credentials }) };
  const title = `${ref} becomes the eStargz image ${target}`;
  const tasks = [
    task('pull', `pull ${ref}`, 'image.pull', { ref, platform, ...(same ? access : {}) }),
    task('optimize', `make ${target} of it, as eStargz`, 'image.optimize', { ref, target, platform }),
    ...(push ? [task('push', `push ${target}`, 'image.publish', { ref: target, target, platform, ...access })] : []),
  ];
  return {
    title: `${title} on ${node.name}`,
    plan: {
      phases: [{ name: PHASE, title: 'eStargz image' }],
      controlPlane: context.controlPlane.name,
      nodes: [node.name],
      steps: [nodeStep(context, PHASE, node, { title, tasks })],
    },
  };
}

function refuseWithoutStargz({ config }: JobContext): void {
  if (config !== undefined && features(config).stockStargz) return;
  const why =
    config === undefined
      ? 'this cluster was not brought up yet'
      : config.stargz
        ? `with sandbox ${config.sandbox} eStargz images are mounted within microVMs, and ctr-remote is on no node`
        : 'this cluster has no eStargz, so ctr-remote is on no node';
  throw new VhiveError({
    code: 'usage',
    message: why,
    hint: 'vhive-coord up --sandbox stock-only --stargz; then type the same command again',
  });
}
