import { fullImageReference, type OutputRef, output, parseImageReference, type Step } from '@vhive/shared';
import { imagesOf } from '../../versions/kubeadm.ts';
import type { PhaseContext, PlanNode } from './context.ts';
import { ARTIFACTS, fetchStep } from './fetch-step.ts';
import { coordinatorStep, type StepId } from './steps.ts';
import { task } from './task.ts';

/** The image that a microVM runs for trial. Its program prints a greeting and ends. */
export const SMOKE_BOOT_IMAGE = 'docker.io/library/hello-world:latest';

const slug = (ref: string) => ref.replaceAll(/[^A-Za-z0-9.]+/g, '-');

/** Returns the step that brings the archive of an image into the coordinator's store. */
export function archiveStep(ref: string, node: PlanNode): StepId {
  return fetchStep(`archive-${slug(ref)}`, node.facts.arch);
}

/**
 * Returns a reference to the archive, for the params of an action. It becomes null where the mirror tree has no
 * archive.
 */
export function archiveOf(ref: string, node: PlanNode): OutputRef {
  return output(archiveStep(ref, node), 'fetch', 'artifact', { optional: true });
}

/**
 * Returns the images that every node is given beforehand: those that the cluster file asks for, and whatever else the
 * mirror tree has.
 */
export function preloadedImages({ config, versions, mirrorImages }: PhaseContext): string[] {
  // The images of Kubernetes itself are left out, because the phase `kubernetes` loads them.
  const own = new Set(imagesOf(versions.kubernetes, config.kubernetes.imageRepository)?.map(({ ref }) => ref));
  return [...new Set([...askedFor(config), ...mirrorImages])].filter((ref) => !own.has(ref));
}

/** Returns the images that the cluster file asks for, written in full as containerd names them. */
const askedFor = ({ images }: PhaseContext['config']) => images.preload.map(fullImageReference);

/** Whether the image of the trial microVM comes by way of the coordinator. */
export function smokeBootArchived({ features, mirror }: PhaseContext): boolean {
  return features.smokeBoot && mirror;
}

/** Makes the steps that fetch the archives of all these images, once for all nodes of an architecture. */
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
