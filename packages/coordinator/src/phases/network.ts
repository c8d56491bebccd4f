import { bridgeSteps } from './network-bridge.ts';
import { calicoSteps } from './network-calico.ts';
import type { Phase } from './phase.ts';

/** The pod network. */
export const network: Phase = {
  name: 'network',
  title: 'Pod network',
  description: 'Calico, or a bridge on every node with routes between the nodes',
  steps: (context) => (context.config.network.plugin === 'calico' ? calicoSteps(context) : bridgeSteps(context)),
};
