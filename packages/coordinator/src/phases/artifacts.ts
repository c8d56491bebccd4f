import { type OutputRef, output, type Step } from '@vhive/shared';
import { type ImageSource, imagesOf } from '../versions/kubeadm.ts';
import { filesOf, type ResolvedFile } from '../versions/resolve.ts';
import type { PhaseContext, PlanNode } from './context.ts';
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

/** The step that looks for an image's archive in the mirror. */
export function imageStep(image: ImageSource, node: PlanNode): string {
  return artifactStep(`image-${image.name}`, node);
}

/** Downloads, each once for all nodes; begun at once, as they touch no host. */
export const artifacts: Phase = {
  name: PHASE,
  title: 'Artifacts',
  description: 'Downloads what the nodes need, once, and verifies it against the publishers’ checksums',
  steps(context) {
    const arches = [...new Set(context.nodes.map((node) => node.facts.arch))].sort();
    return arches.flatMap((arch) => [
      ...filesFor(context, arch).map(fetchFile),
      ...(context.mirror ? imagesFor(context).map((image) => fetchImage(image, arch, context)) : []),
    ]);
  },
};

function filesFor({ config, versions }: PhaseContext, arch: string): ResolvedFile[] {
  const components = ['containerd', 'runc', 'cniPlugins', 'kubernetes', 'crictl'] as const;
  return [
    ...components.flatMap((component) => filesOf(component, versions[component], arch)),
    ...(config.network.plugin === 'calico' ? filesOf('calico', versions.calico, arch) : []),
  ];
}

function imagesFor({ config, versions }: PhaseContext): ImageSource[] {
  return imagesOf(versions.kubernetes, config.kubernetes.imageRepository) ?? [];
}

function fetchFile({ name, version, arch, url, checksum }: ResolvedFile): Step {
  return coordinatorStep(PHASE, nameOf(name, arch), {
    title: `${name} ${version}`,
    tasks: [task('fetch', `${name} ${version} for ${arch}`, 'artifact.fetch', { name, version, arch, url, checksum })],
    policy: { retries: 3, backoffMs: 5_000 },
  });
}

function fetchImage({ name, ref, archiveUrl }: ImageSource, arch: string, context: PhaseContext): Step {
  return coordinatorStep(PHASE, nameOf(`image-${name}`, arch), {
    title: `image ${name}`,
    tasks: [
      task('fetch', `${ref} from the mirror, if it is there`, 'artifact.fetch', {
        name: `image-${name}`,
        version: ref.slice(ref.lastIndexOf(':') + 1),
        arch,
        url: archiveUrl,
        checksum: { type: 'none' },
        optional: true,
      }),
    ],
    policy: { retries: context.mirror ? 3 : 0, backoffMs: 5_000 },
  });
}
