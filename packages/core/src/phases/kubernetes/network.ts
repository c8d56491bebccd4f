import type { Phase } from '../kit/phase.ts';
import { bridgeSteps } from './network-bridge.ts';
import { calicoSteps } from './network-calico.ts';

/** The pod network. */
export const network: Phase = {
  name: 'network',
  title: 'Pod network',
  description: 'Calico, or a bridge on every node with routes between the nodes',
  realness: {
    lab: 'real',
    note: 'The bridge is. Calico’s real manifest is patched and applied to a real API server; its pods need images from the internet.',
    byHand: ['kubectl get pods -n kube-system -o wide'],
  },
  assumedSeconds: 5,
  components: { calico: { users: 'control-plane', when: ({ calico }) => calico } },
  manifests: ['calico-manifest'],
  steps: (context) => (context.features.calico ? calicoSteps(context) : bridgeSteps(context)),
};
