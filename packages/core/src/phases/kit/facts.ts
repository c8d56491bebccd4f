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
 * The name of an upstream manifest that can be patched. It is the name of the manifest's file in the catalogue or,
 * where a program makes the manifest on the control plane, that of the component that it is made from.
 */
export type ManifestName = FileName | ComponentName;

/**
 * Components of the catalogue, each with the nodes that need its files, either always or only with certain features.
 */
export type NeededComponents = Partial<
  Record<ComponentName, Users | { users: Users; when(features: Features): boolean }>
>;

/** A component that the cluster has, with the architectures for which its files are needed, as Debian names them. */
export interface NeededComponent {
  name: ComponentName;
  component: Component;
  arches: readonly string[];
}

/** What all enabled phases together declare about themselves. */
export interface PhaseFacts {
  /** The components whose files are fetched, in the order of the catalogue. */
  components: readonly NeededComponent[];
  /** Returns the systemd units that run on a node, in the order in which phases bring them. */
  units(node: PlanNode): string[];
  /** The steps that must be done before the cluster is ready. */
  lastSteps: readonly StepId[];
  /** The steps on nodes that must have ended, well or not, before the cluster is ready. */
  lastNodeSteps: readonly StepId[];
}
