import type { Features } from '../../features.ts';
import type { Component, ComponentName, FileName } from '../../versions/catalogue.ts';
import type { PlanNode } from './context.ts';
import type { StepId } from './steps.ts';

/** The nodes that need the files of a component. */
export type Users =
  /** Every node, each for its own architecture. */
  | 'nodes'
  /** The control plane alone. */
  | 'control-plane'
  /** The node that compiles vHive. */
  | 'build-node';

/**
 * An upstream manifest that can be patched, by the name of its file in the catalogue or, where a program makes it on the
 * control plane, of the component that it is made from.
 */
export type ManifestName = FileName | ComponentName;

/** Components of the catalogue, each with the nodes that need its files, always or only with certain features. */
export type NeededComponents = Partial<
  Record<ComponentName, Users | { users: Users; when(features: Features): boolean }>
>;

/** A component that the cluster has, with the architectures (Debian's words) that its files are needed for. */
export interface NeededComponent {
  name: ComponentName;
  component: Component;
  arches: readonly string[];
}

/** What all enabled phases together say of themselves. */
export interface PhaseFacts {
  /** Components whose files are fetched, in the catalogue's order. */
  components: readonly NeededComponent[];
  /** systemd units that run on a node, in the order in which phases bring them. */
  units(node: PlanNode): string[];
  /** Steps that must have been done before the cluster is ready. */
  lastSteps: readonly StepId[];
  /** Steps on nodes that must have ended, well or not, before the cluster is ready. */
  lastNodeSteps: readonly StepId[];
}
