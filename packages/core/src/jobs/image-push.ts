import { archivedImageName, defined, type ImagePushJob, parseImageReference, VhiveError } from '@vhive/shared';
import { IMAGE_REGISTRY } from '../phases/kit/context.ts';
import { nodeStep, stepId } from '../phases/kit/steps.ts';
import { task } from '../phases/kit/task.ts';
import type { JobContext, PlannedJob } from './job.ts';
import { onlyNode, platformOf } from './on-one-node.ts';

const PHASE = 'image-push';
/** So many images are pulled and pushed at a time. */
const AT_ONCE = 2;

/**
 * Returns the name that an image gets in another registry: its own path there, `ease-lab/pyaes:var_workload`. A digest
 * becomes a tag, because a registry gives its own digest to what is pushed.
 */
function nameInRegistry(ref: string, registry: string): string {
  const archived = archivedImageName(ref);
  return `${registry}/${archived.slice(parseImageReference(ref).registry.length + 1)}`;
}

/** Plans that images are put into a registry. Throws `usage` where there is none, and for two images of one name there. */
export function planImagePush(job: ImagePushJob, context: JobContext): PlannedJob {
  const { plainHttp, credentials, registry = registryIn(context) } = job;
  const node = onlyNode(context);
  const platform = platformOf(job, node);
  const refs = [...new Set(job.refs)];
  refuseSameName(refs, registry);
  return {
    title: `${refs.length === 1 ? `image ${refs[0]}` : `${refs.length} images`} into the registry ${registry}`,
    plan: {
      phases: [{ name: PHASE, title: 'Images into a registry' }],
      controlPlane: context.controlPlane.name,
      nodes: [node.name],
      steps: refs.map((ref, index) => {
        const target = nameInRegistry(ref, registry);
        return nodeStep(context, PHASE, node, {
          id: stepId(`${PHASE}-${index + 1}`, node.name),
          title: ref,
          tasks: [
            task('pull', `pull ${ref}`, 'image.pull', { ref, platform }),
            task('push', `push ${target}`, 'image.publish', {
              ...{ ref, target, platform, plainHttp },
              ...defined({ credentials }),
            }),
          ],
          group: { name: PHASE, limit: AT_ONCE },
          policy: { onFailure: 'fail-node' },
        });
      }),
    },
  };
}

function registryIn({ config }: JobContext): string {
  if (config?.registry.local) return IMAGE_REGISTRY;
  throw new VhiveError({
    code: 'usage',
    message:
      config === undefined
        ? 'this cluster was not brought up yet, so it has no image registry'
        : 'this cluster has no image registry: registry.local of its cluster file is false',
    hint: 'name another one, --registry HOST:PORT; or set registry.local to true, and: vhive-coord up',
  });
}

function refuseSameName(refs: readonly string[], registry: string): void {
  const byName = Map.groupBy(refs, (ref) => nameInRegistry(ref, registry));
  const [name, both = []] = [...byName].find(([, of]) => of.length > 1) ?? [];
  if (name === undefined) return;
  throw new VhiveError({
    code: 'usage',
    message: `${both.join(' and ')} would both become ${name}`,
    hint: 'push one of them to a folder of its own: --registry HOST:PORT/FOLDER',
  });
}
