import { output, type Task } from '@vhive/shared';
import { type ImageSource, imagesOf } from '../../versions/kubeadm.ts';
import { artifactOf, artifactStep, imageStep } from '../kit/artifacts.ts';
import { criRuntime, type PhaseContext, type PlanNode } from '../kit/context.ts';
import { isPulled } from '../kit/image-archives.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { registryCacheStep } from '../runtime/registry-cache.ts';
import { runtimeStep } from '../runtime/runtime.ts';
import { kubeadmDropIn, kubeletUnit } from '../runtime/units.ts';

const PHASE = 'kubernetes';
const binaries = ['kubeadm', 'kubelet', 'kubectl'] as const;

/** The step that puts the programs of Kubernetes on a node. */
export const kubernetesStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The phase brings the programs and images of Kubernetes. Nothing runs yet. */
export const kubernetes: Phase = {
  name: PHASE,
  title: 'Kubernetes',
  description:
    'Puts kubeadm, kubelet, kubectl, crictl, the kubelet’s unit and the container images of Kubernetes on every node',
  realness: {
    lab: 'real',
    note: 'The lab runs the version that this release knows, compiled from Kubernetes’ Go module. Its images hold the same binaries; crictl is 1.34.0.',
    byHand: ['kubelet --version', 'crictl images'],
  },
  assumedSeconds: 20,
  components: { kubernetes: 'nodes', crictl: 'nodes' },
  steps: (context) =>
    context.nodes.map((node) => {
      const images = imagesFor(context, node);
      const archives = images.filter((image) => isArchived(image, context)).map((image) => imageStep(image, node));
      return nodeStep(context, PHASE, node, {
        title: 'Kubernetes',
        needs: [
          runtimeStep(node),
          ...([...binaries, 'crictl'] as const).map((file) => artifactStep(file, node)),
          ...archives,
        ],
        // Registry caches that could not be set up are not an obstacle, because the nodes then ask upstream.
        after: [registryCacheStep(context)],
        tasks: [...programs(context, node), ...images.map((image) => imageTask(image, node, context))],
      });
    }),
};

/**
 * Returns the images of a node. There are none where the catalogue does not know them: kubeadm and the kubelet then
 * pull what they need.
 */
function imagesFor({ config, versions, controlPlane }: PhaseContext, node: PlanNode): ImageSource[] {
  const images = imagesOf(versions.kubernetes, config.kubernetes.imageRepository) ?? [];
  return images.filter((image) => image.onWorkers || node.name === controlPlane.name);
}

function programs(context: PhaseContext, node: PlanNode): Task[] {
  const { versions } = context;
  return [
    ...binaries.map((name) =>
      task(name, `${name} ${versions.kubernetes}`, 'artifact.file', {
        artifact: artifactOf(name, node),
        path: `/usr/local/bin/${name}`,
        mode: '0755',
      }),
    ),
    task('crictl', `crictl ${versions.crictl}`, 'artifact.archive', {
      artifact: artifactOf('crictl', node),
      directory: '/usr/local/bin',
      holds: ['crictl'],
    }),
    task('kubelet-unit', 'kubelet.service with kubeadm’s drop-in', 'systemd.unit', {
      name: 'kubelet.service',
      content: kubeletUnit({ runtime: criRuntime(context, node) }),
      dropIns: { '10-kubeadm.conf': kubeadmDropIn },
      state: 'untouched',
    }),
  ];
}

/** Whether nodes are given an image as an archive of the mirror tree. Otherwise they pull it. */
function isArchived({ ref }: ImageSource, context: PhaseContext): boolean {
  return context.mirror && !isPulled(context, ref);
}

function imageTask(image: ImageSource, node: PlanNode, context: PhaseContext): Task {
  return task(`image-${image.name}`, image.ref, 'image', {
    ref: image.ref,
    archive: isArchived(image, context)
      ? output(imageStep(image, node), 'fetch', 'artifact', { optional: true })
      : null,
  });
}
