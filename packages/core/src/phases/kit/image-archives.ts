import { fullImageReference, type OutputRef, output, parseImageReference, type Step } from '@vhive/shared';
import { imagesOf } from '../../versions/kubeadm.ts';
import type { PhaseContext, PlanNode } from './context.ts';
import { ARTIFACTS, fetchStep } from './fetch-step.ts';
import { coordinatorStep, type StepId } from './steps.ts';
import { task } from './task.ts';

/** The image that a microVM runs for trial: it says hello and ends. */
export const SMOKE_BOOT_IMAGE = 'docker.io/library/hello-world:latest';

const slug = (ref: string) => ref.replaceAll(/[^A-Za-z0-9.]+/g, '-');

/** The step that brings an image's archive into the coordinator's store. */
export function archiveStep(ref: string, node: PlanNode): StepId {
  return fetchStep(`archive-${slug(ref)}`, node.facts.arch);
}

/** The archive, for the params of an action: null where the mirror has none. */
export function archiveOf(ref: string, node: PlanNode): OutputRef {
  return output(archiveStep(ref, node), 'fetch', 'artifact', { optional: true });
}

/** Images that every node is given beforehand: those asked for, and what else the mirror has. */
export function preloadedImages({ config, versions, mirrorImages }: PhaseContext): string[] {
  // Kubernetes' own come with Kubernetes.
  const own = new Set(imagesOf(versions.kubernetes, config.kubernetes.imageRepository)?.map(({ ref }) => ref));
  return [...new Set([...askedFor(config), ...mirrorImages])].filter((ref) => !own.has(ref));
}

/** In full, as containerd names them. */
const askedFor = ({ images }: PhaseContext['config']) => images.preload.map(fullImageReference);

/** Whether the trial microVM's image comes by way of the coordinator. */
export function smokeBootArchived({ features, mirror }: PhaseContext): boolean {
  return features.smokeBoot && mirror;
}

/** The steps that fetch all of them, once for all nodes of an architecture. */
export function archiveSteps(context: PhaseContext): Step[] {
  const nodes = [...new Map(context.nodes.map((node) => [node.facts.arch, node])).values()];
  const refs = [...preloadedImages(context), ...(smokeBootArchived(context) ? [SMOKE_BOOT_IMAGE] : [])];
  return nodes.flatMap((node) => [...new Set(refs)].map((ref) => fetchArchive(context, ref, node)));
}

function fetchArchive({ config }: PhaseContext, ref: string, node: PlanNode): Step {
  const { arch } = node.facts;
  return coordinatorStep(ARTIFACTS, archiveStep(ref, node), {
    title: `image ${ref}`,
    tasks: [
      task('fetch', `${ref} for ${arch}`, 'image.fetch', {
        ref,
        arch,
        optional: !askedFor(config).includes(ref),
        insecure: config.registry.insecure.includes(parseImageReference(ref).registry),
      }),
    ],
    policy: { retries: 3, backoffMs: 5_000 },
  });
}
