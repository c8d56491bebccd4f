import { type OutputRef, output, type Step, type Task } from '@vhive/shared';
import type { FileName } from '../../versions/catalogue.ts';
import { type ImageSource, imagesOf } from '../../versions/kubeadm.ts';
import { FROM_TREE, filesIn, type ResolvedFile, shortVersion } from '../../versions/resolve.ts';
import { buildNode, type PhaseContext, type PlanNode } from './context.ts';
import type { NeededComponent } from './facts.ts';
import { ARTIFACTS, fetchStep } from './fetch-step.ts';
import { archiveSteps, isPulled } from './image-archives.ts';
import type { Phase } from './phase.ts';
import { coordinatorStep, type StepId } from './steps.ts';
import { task } from './task.ts';
import { fromTree, readTree, VHIVE_TREE } from './vhive-tree.ts';

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
    const { facts, mirror, nodes } = context;
    const files = facts.components.flatMap((needed) => filesOfComponent(context, needed));
    const wanted = files.filter(({ file }) => !file.optional || mirror);
    const arches = [...new Set(nodes.map((node) => node.facts.arch))].sort();
    const source = wanted.some(({ file }) => file.name === 'vhive-source') ? [readSource(context)] : [];
    return [
      ...wanted.filter(({ told }) => told === undefined).map(({ file }) => fetchFile(context, file)),
      ...source,
      ...wanted.flatMap(({ file, told }) => (told === undefined ? [] : [fetchTold(context, file, told)])),
      ...arches.flatMap((arch) => archivedKubernetesImages(context).map((image) => fetchImage(image, arch))),
      ...archiveSteps(context),
    ];
  },
};

/** A file of a component. `told` says what of its address vHive's source tells, where that is so. */
interface NeededFile {
  file: ResolvedFile;
  told: 'go' | 'kernel' | undefined;
}

function filesOfComponent(
  { config, versions }: PhaseContext,
  { name, component, arches }: NeededComponent,
): NeededFile[] {
  const repository = config.firecracker.vhiveRepository;
  const goIsTold = name === 'go' && config.versions.go === undefined;
  const told = goIsTold ? 'go' : name === 'vhiveKernel' ? 'kernel' : undefined;
  const version = goIsTold ? FROM_TREE : versions[name];
  return arches.flatMap((arch) =>
    filesIn(component, { version, arch, repository, kernel: FROM_TREE }).map((file) => ({ file, told })),
  );
}

function readSource(context: PhaseContext): Step {
  const node = buildNode(context);
  return readTree(context, {
    step: artifactStep('vhive-source', node),
    artifact: artifactOf('vhive-source', node),
  });
}

/** Returns the images of Kubernetes that nodes are given as archives of the mirror tree, rather than pull them. */
function archivedKubernetesImages(context: PhaseContext): ImageSource[] {
  const { config, versions, mirror } = context;
  const images = imagesOf(versions.kubernetes, config.kubernetes.imageRepository) ?? [];
  return mirror ? images.filter(({ ref }) => !isPulled(context, ref)) : [];
}

function fetchFile(context: PhaseContext, file: ResolvedFile): Step {
  const { name, version, arch, url, checksum, optional } = file;
  const title = `${name} ${shortVersion(version)}`;
  return fetchWith(file, title, [
    localTask(context, file, title) ??
      task('fetch', `${title} for ${arch}`, 'artifact.fetch', { name, version, arch, url, checksum, optional }),
  ]);
}

/** Makes the step that fetches a file whose address is only known once vHive's source was read. */
function fetchTold(context: PhaseContext, file: ResolvedFile, told: 'go' | 'kernel'): Step {
  const { name, arch, url, checksum, optional } = file;
  const inTree = (text: string) => (text.includes(FROM_TREE) ? fromTree(told, text) : text);
  const title = told === 'go' ? 'Go for vHive’s source' : 'kernel of vHive’s bin/';
  return fetchWith(
    file,
    title,
    [
      localTask(context, file, title) ??
        task('fetch', `${title}, for ${arch}`, 'artifact.fetch', {
          name,
          version: inTree(file.version),
          arch,
          url: inTree(url),
          checksum: checksum.type === 'none' ? checksum : { ...checksum, url: inTree(checksum.url) },
          optional,
        }),
    ],
    [VHIVE_TREE],
  );
}

function fetchWith({ name, arch }: ResolvedFile, title: string, tasks: Task[], needs: StepId[] = []): Step {
  return coordinatorStep(ARTIFACTS, fetchStep(name, arch), {
    title,
    needs,
    tasks,
    policy: { retries: 3, backoffMs: 5_000 },
  });
}

/** Makes the task that takes a file of vHive from a checkout on the control plane, where there is one. */
function localTask({ config }: PhaseContext, { name, url }: ResolvedFile, title: string): Task | undefined {
  const { vhiveTree } = config.firecracker;
  if (vhiveTree === undefined) return undefined;
  const binary = /^https:\/\/media\.githubusercontent\.com\/.*(\/bin\/[^/]+)$/.exec(url)?.[1];
  if (binary === undefined && name !== 'vhive-source') return undefined;
  const path = `${vhiveTree}${binary ?? ''}`;
  return task('fetch', `${title}, from ${vhiveTree}`, 'artifact.local', {
    name: `${name} of ${vhiveTree}`,
    path: path.includes(FROM_TREE) ? fromTree('kernel', path) : path,
  });
}

function fetchImage({ name, ref }: ImageSource, arch: string): Step {
  return coordinatorStep(ARTIFACTS, fetchStep(`image-${name}`, arch), {
    title: `image ${name}`,
    tasks: [task('fetch', `${ref} from the mirror tree, if it is there`, 'image.fetch', { ref, arch, optional: true })],
    policy: { retries: 3, backoffMs: 5_000 },
  });
}
