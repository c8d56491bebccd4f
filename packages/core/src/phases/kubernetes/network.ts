import type { Phase } from '../kit/phase.ts';
import { bridgeSteps } from './network-bridge.ts';
import { calicoSteps } from './network-calico.ts';

/** The phase makes the pod network. */
export const network: Phase = {
  name: 'network',
  title: 'Pod network',
  description: 'Sets up Calico, or a bridge on every node with routes between the nodes',
  realness: {
    lab: 'real',
    note: 'The bridge is real. Calico’s patches are tried on a small manifest with upstream’s names and fields, and in the lab on the real one wherever its mirror tree has it; its pods need images from the internet.',
    byHand: ['kubectl get pods -n kube-system -o wide'],
  },
  assumedSeconds: 5,
  components: { calico: { users: 'control-plane', when: ({ calico }) => calico } },
  manifests: ['calico-manifest'],
  steps: (context) => (context.features.calico ? calicoSteps(context) : bridgeSteps(context)),
};
