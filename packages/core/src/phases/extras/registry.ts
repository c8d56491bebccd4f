import { output, type Step } from '@vhive/shared';
import { applyObjects, clusterStep, deploymentAvailable, WAITING } from '../kit/cluster-step.ts';
import { IMAGE_REGISTRY, type PhaseContext, type PlanNode } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId, nodeStep, type StepId, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { memberStep } from '../kubernetes/join.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';
import { REGISTRY, REGISTRY_NAMESPACE, registryObjects } from './registry-objects.ts';

const PHASE = 'registry';
const serviceStep = (context: PhaseContext) => clusterStepId(context, 'registry-service');

/** The step after which the image registry in the cluster answers. */
export const registryStep = (context: PhaseContext) => clusterStepId(context, PHASE);
/** The step after which a node knows the name of the image registry. */
export const registryHostsStep = (node: PlanNode) => stepId('registry-hosts', node.name);

/**
 * The phase sets up the image registry in the cluster. Pods know its name by the DNS of the cluster; nodes need it in
 * /etc/hosts.
 */
export const registry: Phase = {
  name: PHASE,
  title: 'Image registry',
  description:
    'Sets up an image registry in the cluster with its volume, and writes its name into /etc/hosts of every node',
  realness: {
    lab: 'boundary',
    note: 'Its objects and the nodes’ entries are real. Debian’s docker-registry runs in the lab in place of its image.',
    byHand: [
      'kubectl get all,pvc -n registry',
      `curl http://${IMAGE_REGISTRY}/v2/_catalog`,
      'systemctl status vhive-hosts.path',
    ],
  },
  assumedSeconds: 20,
  enabled: ({ config }) => config.registry.local,
  components: { registry: 'nodes' },
  lastSteps: (context) => [registryStep(context)],
  lastNodeSteps: (_, node) => [registryHostsStep(node)],
  steps(context) {
    const service = serviceStep(context);
    return [
      clusterStep(context, PHASE, service, {
        title: 'image registry',
        needs: [controlPlaneStep(context)],
        tasks: [
          applyObjects('objects', `image registry ${context.versions.registry}`, registryObjects(context)),
          task('address', 'the image registry has an address within the cluster', 'kubernetes.wait', {
            for: { type: 'service-cluster-ip', namespace: REGISTRY_NAMESPACE, name: REGISTRY },
          }),
        ],
      }),
      clusterStep(context, PHASE, registryStep(context), {
        title: 'image registry runs',
        needs: [service, NODES_SETTLED],
        tasks: [deploymentAvailable(REGISTRY_NAMESPACE, REGISTRY)],
        policy: WAITING,
      }),
      ...context.nodes.map((node) => hostsEntry(context, node, service)),
    ];
  },
};

function hostsEntry(context: PhaseContext, node: PlanNode, service: StepId): Step {
  const [name = IMAGE_REGISTRY] = IMAGE_REGISTRY.split(':');
  return nodeStep(context, PHASE, node, {
    id: registryHostsStep(node),
    title: 'name of the image registry',
    needs: [service, memberStep(context, node)],
    tasks: [
      task('name', `${name} in /etc/hosts`, 'hosts.entry', {
        names: [name],
        address: output(service, 'address', 'address'),
      }),
    ],
  });
}
