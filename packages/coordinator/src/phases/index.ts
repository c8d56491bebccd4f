import { artifacts } from './artifacts.ts';
import { controlPlane } from './control-plane.ts';
import { join } from './join.ts';
import { kubelet } from './kubelet.ts';
import { kubernetes } from './kubernetes.ts';
import { network } from './network.ts';
import { nodesReady } from './nodes-ready.ts';
import type { Phase } from './phase.ts';
import { preflight } from './preflight.ts';
import { runtime } from './runtime.ts';
import { system } from './system.ts';

/** Everything that is done, in order: the table of contents. */
export const phases: readonly Phase[] = [
  preflight,
  artifacts,
  system,
  runtime,
  kubernetes,
  kubelet,
  controlPlane,
  join,
  network,
  nodesReady,
];

export type { PhaseContext, PlanNode } from './context.ts';
export type { Phase } from './phase.ts';
