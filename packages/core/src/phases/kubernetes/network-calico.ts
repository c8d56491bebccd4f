import type { Step } from '@vhive/shared';
import { artifactStep } from '../kit/artifacts.ts';
import type { PhaseContext } from '../kit/context.ts';
import { applyManifest } from '../kit/manifests.ts';
import { clusterStepId, nodeStep } from '../kit/steps.ts';
import { controlPlaneStep } from './control-plane.ts';

/** Makes the step that applies Calico's manifest once. Its DaemonSet comes to each node as the node joins. */
export function calicoSteps(context: PhaseContext): Step[] {
  const { config, versions, controlPlane } = context;
  const env = [
    // By default Calico guesses the address of a node, which goes wrong on hosts with a control network and an
    // experiment LAN.
    { name: 'IP_AUTODETECTION_METHOD', value: 'kubernetes-internal-ip' },
    { name: 'CALICO_IPV4POOL_CIDR', value: config.network.podCidr },
    ...(config.kubernetes.kubeProxyConfiguration.mode === 'nftables'
      ? [{ name: 'FELIX_NFTABLESMODE', value: 'Enabled' }]
      : []),
  ];
  return [
    nodeStep(context, 'network', controlPlane, {
      id: calicoStep(context),
      title: 'Calico',
      needs: [controlPlaneStep(context), artifactStep('calico-manifest', controlPlane)],
      tasks: [
        applyManifest(context, 'calico-manifest', `Calico ${versions.calico}, pods in ${config.network.podCidr}`, [
          {
            kind: 'DaemonSet',
            name: 'calico-node',
            namespace: 'kube-system',
            merge: { spec: { template: { spec: { containers: [{ name: 'calico-node', env }] } } } },
          },
        ]),
      ],
      policy: { retries: 4, backoffMs: 5_000 },
    }),
  ];
}

/** The step that applies Calico, for which the readiness of every node waits. */
export const calicoStep = (context: PhaseContext) => clusterStepId(context, 'network');
