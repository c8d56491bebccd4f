import { type OutputRef, output, type Step } from '@vhive/shared';
import { type ImageSource, imagesOf } from '../../versions/kubeadm.ts';
import { filesOf, type ResolvedFile } from '../../versions/resolve.ts';
import { componentsOf, type Users } from './components.ts';
import { buildNode, type PhaseContext, type PlanNode } from './context.ts';
import { archiveSteps } from './image-archives.ts';
import type { Phase } from './phase.ts';
import { coordinatorStep, stepId } from './step.ts';
import { task } from './task.ts';

const PHASE = 'artifacts';

/** Files and images that one kind of node needs, each as the step that fetches it. */
const nameOf = (what: string, arch: string) => `${what}-${arch}`;

/** The step that fetches a file of the catalogue for a node's architecture. */
export function artifactStep(file: string, node: PlanNode): string {
  return stepId(PHASE, nameOf(file, node.facts.arch));
}

/** The fetched file, for the params of an action. */
export function artifactOf(file: string, node: PlanNode): OutputRef {
  return output(artifactStep(file, node), 'fetch', 'artifact');
}

/** As {@link artifactOf}, of a file that only mirrors may have: null where they do not. */
export function optionalArtifactOf(file: string, node: PlanNode): OutputRef {
  return output(artifactStep(file, node), 'fetch', 'artifact', { optional: true });
}

/** The step that looks for an image's archive in the mirror. */
export function imageStep(image: ImageSource, node: PlanNode): string {
  return artifactStep(`image-${image.name}`, node);
}

/** Downloads, each once for all nodes; begun at once, as they touch no host. */
export const artifacts: Phase = {
  name: PHASE,
  title: 'Artifacts',
  description: 'Downloads what the nodes need, once, and verifies it against the publishers’ checksums',
  realness: {
    lab: 'real',
    note: 'Files come from a mirror tree; downloads from the internet are tried against local servers only.',
    byHand: ['cat /var/lib/vhive-coord/vhive.lock'],
  },
  assumedSeconds: 10,
  steps(context) {
    const files = componentsOf(context).flatMap(({ component, users }) =>
      archesOf(users, context).flatMap((arch) => filesOf(component, context.versions[component], arch)),
    );
    const arches = archesOf('nodes', context);
    return [
      ...files.filter(({ optional }) => !optional || context.mirror).map(fetchFile),
      ...(context.mirror ? arches.flatMap((arch) => imagesFor(context).map((image) => fetchImage(image, arch))) : []),
      ...archiveSteps(context),
    ];
  },
};

/** Architectures that a component's files are needed for. */
function archesOf(users: Users, context: PhaseContext): string[] {
  const { nodes, controlPlane } = context;
  const using = { nodes, 'control-plane': [controlPlane], 'build-node': [buildNode(context)], nobody: [] }[users];
  return [...new Set(using.map((node) => node.facts.arch))].sort();
}

function imagesFor({ config, versions }: PhaseContext): ImageSource[] {
  return imagesOf(versions.kubernetes, config.kubernetes.imageRepository) ?? [];
}

function fetchFile({ name, version, arch, url, checksum, optional }: ResolvedFile): Step {
  return coordinatorStep(PHASE, nameOf(name, arch), {
    title: `${name} ${version}`,
    tasks: [
      task('fetch', `${name} ${version} for ${arch}`, 'artifact.fetch', {
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
  return coordinatorStep(PHASE, nameOf(`image-${name}`, arch), {
    title: `image ${name}`,
    tasks: [task('fetch', `${ref} from the mirror, if it is there`, 'image.fetch', { ref, arch, optional: true })],
    policy: { retries: 3, backoffMs: 5_000 },
  });
}
