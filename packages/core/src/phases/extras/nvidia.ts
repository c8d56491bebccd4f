import type { Step } from '@vhive/shared';
import { systemStep } from '../host/system.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import { clusterStep } from '../kit/cluster-step.ts';
import type { PhaseContext, PlanNode } from '../kit/context.ts';
import { applyManifest, type ManifestPatch } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId, nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { sandboxClassesStep } from '../kubernetes/sandbox-classes.ts';

const PHASE = 'nvidia';
const KEY = '/etc/apt/keyrings/nvidia-container-toolkit.asc';
const DAEMON_SET = 'nvidia-device-plugin-daemonset';

const toolkitStep = (node: PlanNode) => stepId('nvidia-toolkit', node.name);

/** The step after which pods can ask for GPUs. */
const nvidiaStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/** The phase gives pods GPUs. The machine must have its driver already, and every node is assumed to have a GPU. */
export const nvidia: Phase = {
  name: PHASE,
  title: 'NVIDIA',
  description: 'Installs NVIDIA’s container toolkit on every node and applies its device plugin, where asked for',
  realness: {
    lab: 'untested',
    note: 'The lab has no GPU, no package source of NVIDIA and no image of its plugin.',
    byHand: ['nvidia-container-cli info', "kubectl get nodes -o jsonpath='{.items[*].status.allocatable}'"],
  },
  assumedSeconds: 30,
  enabled: ({ features }) => features.gpu,
  components: { nvidiaDevicePlugin: 'nodes' },
  manifests: ['nvidia-device-plugin'],
  lastSteps: (context) => [nvidiaStep(context)],
  steps(context) {
    const { versions, controlPlane, nodes } = context;
    return [
      ...nodes.map((node) => toolkit(context, node)),
      clusterStep(context, PHASE, nvidiaStep(context), {
        title: 'device plugin',
        needs: [
          controlPlaneStep(context),
          sandboxClassesStep(context),
          artifactStep('nvidia-device-plugin', controlPlane),
        ],
        // The pods of the plugin run in the runtime that the toolkit brings.
        after: nodes.map(toolkitStep),
        // Whether these pods run is seen at the end, together with all others. If they were waited for here, a lost
        // worker would hold up the run.
        tasks: [
          applyManifest(context, 'nvidia-device-plugin', `device plugin ${versions.nvidiaDevicePlugin}`, patches),
        ],
      }),
    ];
  },
};

/**
 * The patches of the device plugin. It only sees GPUs in a container of NVIDIA's runtime, which is not containerd's
 * default.
 */
const patches: ManifestPatch[] = [
  {
    kind: 'DaemonSet',
    name: DAEMON_SET,
    namespace: 'kube-system',
    merge: { spec: { template: { spec: { runtimeClassName: 'nvidia' } } } },
  },
];

/**
 * Makes the step that installs the toolkit:
 * https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/latest/install-guide.html
 */
function toolkit(context: PhaseContext, node: PlanNode): Step {
  const source = `https://nvidia.github.io/libnvidia-container/stable/deb/${node.facts.arch} /`;
  return nodeStep(context, PHASE, node, {
    id: toolkitStep(node),
    title: 'NVIDIA’s container toolkit',
    needs: [systemStep(node), artifactStep('nvidia-apt-key', node)],
    tasks: [
      task('key', 'the key of NVIDIA’s packages', 'artifact.file', {
        artifact: artifactOf('nvidia-apt-key', node),
        path: KEY,
        mode: '0644',
      }),
      task('source', 'the source of NVIDIA’s packages', 'file', {
        state: 'present',
        path: '/etc/apt/sources.list.d/nvidia-container-toolkit.list',
        content: `${WRITTEN_BY_VHIVE}deb [signed-by=${KEY}] ${source}\n`,
      }),
      task('packages', 'nvidia-container-toolkit', 'apt.packages', { packages: ['nvidia-container-toolkit'] }),
    ],
  });
}
