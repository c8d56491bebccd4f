import { fullImageReference, type OutputRef, output, parseImageReference, type Step } from '@vhive/shared';
import { imagesOf } from '../../versions/kubeadm.ts';
import type { PhaseContext, PlanNode } from './context.ts';
import { ARTIFACTS, fetchStep } from './fetch-step.ts';
import { coordinatorStep, type StepId } from './steps.ts';
import { task } from './task.ts';

/** The image that a microVM runs for trial. Its program prints a greeting and ends. */
export const SMOKE_BOOT_IMAGE = 'docker.io/library/hello-world:latest';

/** What is asked of a node here: its architecture. */
type Machine = Pick<PlanNode, 'facts'>;

const slug = (ref: string) => ref.replaceAll(/[^A-Za-z0-9.]+/g, '-');

/** Returns the step that brings the archive of an image into the coordinator's store. */
export function archiveStep(ref: string, node: Machine): StepId {
  return fetchStep(`archive-${slug(ref)}`, node.facts.arch);
}

/**
 * Returns a reference to the archive, for the params of an action. It becomes null where the mirror tree has no
 * archive.
 */
export function archiveOf(ref: string, node: Machine): OutputRef {
  return output(archiveStep(ref, node), 'fetch', 'artifact', { optional: true });
}

/**
 * Whether nodes pull an image of the mirror tree from the coordinator when they need it. What is named by its publisher's
 * digest they are given beforehand, where the archive no longer has the manifest with this digest.
 */
export function isPulled({ imageServer, publishedImages }: PhaseContext, ref: string): boolean {
  if (imageServer === undefined) return false;
  return parseImageReference(ref).digest === undefined || publishedImages.includes(ref);
}

/**
 * Returns the images that every node is given beforehand: those that the cluster file asks for, and whatever the mirror
 * tree has that nodes cannot pull from the coordinator.
 */
export function preloadedImages(context: PhaseContext): string[] {
  const { config, mirrorImages } = context;
  // The images of Kubernetes itself are left out, because the phase `kubernetes` brings them.
  const own = new Set(kubernetesImages(context));
  const loaded = mirrorImages.filter((ref) => !isPulled(context, ref));
  return [...new Set([...askedFor(config), ...loaded])].filter((ref) => !own.has(ref));
}

/** Returns the images of Kubernetes itself, as far as the catalogue knows them. */
function kubernetesImages({ config, versions }: PhaseContext): string[] {
  return imagesOf(versions.kubernetes, config.kubernetes.imageRepository)?.map(({ ref }) => ref) ?? [];
}

/** Returns the registries whose images nodes ask the coordinator for first: those that the mirror tree has images of. */
export function mirroredRegistries(context: PhaseContext): string[] {
  if (context.imageServer === undefined) return [];
  // A mirror tree without an index does not say what it has. Kubernetes' own images are to be expected in every one.
  const refs = [...context.mirrorImages, ...kubernetesImages(context)];
  return [...new Set(refs.map((ref) => parseImageReference(ref).registry))].sort();
}

/** Returns the images that the cluster file asks for, written in full as containerd names them. */
const askedFor = ({ images }: PhaseContext['config']) => images.preload.map(fullImageReference);

/** Whether the image of the trial microVM comes by way of the coordinator. */
export function smokeBootArchived({ features, mirror }: PhaseContext): boolean {
  return features.smokeBoot && mirror;
}

/** Makes the steps that fetch the archives of all these images, once for all nodes of an architecture. */
export function archiveSteps(context: PhaseContext): Step[] {
  const refs = [...preloadedImages(context), ...(smokeBootArchived(context) ? [SMOKE_BOOT_IMAGE] : [])];
  const asked = askedFor(context.config);
  return fetchArchives(refs, context, (ref) => !asked.includes(ref));
}

/**
 * Makes the steps that fetch the archives of images, once for all nodes of an architecture. `optional` tells which are only
 * taken from a mirror tree.
 */
export function fetchArchives(
  refs: readonly string[],
  { config, nodes }: { config: Pick<PhaseContext['config'], 'registry'>; nodes: readonly Machine[] },
  optional: (ref: string) => boolean,
): Step[] {
  const machines = [...new Map(nodes.map((node) => [node.facts.arch, node])).values()];
  return machines.flatMap((node) =>
    [...new Set(refs)].map((ref) => fetchArchive(ref, node, { config, optional: optional(ref) })),
  );
}

function fetchArchive(
  ref: string,
  node: Machine,
  { config, optional }: { config: Pick<PhaseContext['config'], 'registry'>; optional: boolean },
): Step {
  const { arch } = node.facts;
  return coordinatorStep(ARTIFACTS, archiveStep(ref, node), {
    title: `image ${ref}`,
    tasks: [
      task('fetch', `${ref} for ${arch}`, 'image.fetch', {
        ref,
        arch,
        optional,
        insecure: config.registry.insecure.includes(parseImageReference(ref).registry),
      }),
    ],
    policy: { retries: 3, backoffMs: 5_000 },
  });
}
