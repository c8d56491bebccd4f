import { type OutputRef, output, type Step } from '@vhive/shared';
import type { FileName } from '../../versions/catalogue.ts';
import { type ImageSource, imagesOf } from '../../versions/kubeadm.ts';
import { filesIn, type ResolvedFile, shortVersion } from '../../versions/resolve.ts';
import type { PhaseContext, PlanNode } from './context.ts';
import { ARTIFACTS, fetchStep } from './fetch-step.ts';
import { archiveSteps } from './image-archives.ts';
import type { Phase } from './phase.ts';
import { coordinatorStep, type StepId } from './steps.ts';
import { task } from './task.ts';

/** Returns the step that fetches a file of the catalogue for a node's architecture. */
export function artifactStep(file: FileName, node: PlanNode): StepId {
  return fetchStep(file, node.facts.arch);
}

/** Returns a reference to the fetched file, for the params of an action. */
export function artifactOf(file: FileName, node: PlanNode): OutputRef {
  return output(artifactStep(file, node), 'fetch', 'artifact');
}

/**
 * Returns a reference as {@link artifactOf} does, to a file that only mirror trees may have. It becomes null where they
 * do not.
 */
export function optionalArtifactOf(file: FileName, node: PlanNode): OutputRef {
  return output(artifactStep(file, node), 'fetch', 'artifact', { optional: true });
}

/** Returns the step that looks for the archive of an image in the mirror tree. */
export function imageStep(image: ImageSource, node: PlanNode): StepId {
  return fetchStep(`image-${image.name}`, node.facts.arch);
}

/** Every download happens once for all nodes. Downloads touch no host, so they begin at once. */
export const artifacts: Phase = {
  name: ARTIFACTS,
  title: 'Artifacts',
  description: 'Downloads what the nodes need, once for all of them, and verifies it against the publishers’ checksums',
  realness: {
    lab: 'real',
    note: 'Files come from a mirror tree; downloads from the internet are tried against local servers only.',
    byHand: ['cat /var/lib/vhive-coord/vhive.lock'],
  },
  assumedSeconds: 10,
  steps(context) {
    const { facts, versions, mirror, nodes, config } = context;
    const repository = config.firecracker.vhiveRepository;
    const files = facts.components.flatMap(({ name, component, arches }) =>
      arches.flatMap((arch) => filesIn(component, { version: versions[name], arch, repository })),
    );
    const arches = [...new Set(nodes.map((node) => node.facts.arch))].sort();
    return [
      ...files.filter(({ optional }) => !optional || mirror).map(fetchFile),
      ...(mirror ? arches.flatMap((arch) => imagesFor(context).map((image) => fetchImage(image, arch))) : []),
      ...archiveSteps(context),
    ];
  },
};

function imagesFor({ config, versions }: PhaseContext): ImageSource[] {
  return imagesOf(versions.kubernetes, config.kubernetes.imageRepository) ?? [];
}

function fetchFile({ name, version, arch, url, checksum, optional }: ResolvedFile): Step {
  return coordinatorStep(ARTIFACTS, fetchStep(name, arch), {
    title: `${name} ${shortVersion(version)}`,
    tasks: [
      task('fetch', `${name} ${shortVersion(version)} for ${arch}`, 'artifact.fetch', {
        name,
        version,
        arch,
        url,
        checksum,
        optional,
      }),
    ],
    policy: { retries: 3, backoffMs: 5_000 },
  });
}

function fetchImage({ name, ref }: ImageSource, arch: string): Step {
  return coordinatorStep(ARTIFACTS, fetchStep(`image-${name}`, arch), {
    title: `image ${name}`,
    tasks: [task('fetch', `${ref} from the mirror tree, if it is there`, 'image.fetch', { ref, arch, optional: true })],
    policy: { retries: 3, backoffMs: 5_000 },
  });
}
