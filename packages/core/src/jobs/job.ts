import type { ClusterConfig, NodeView, Plan } from '@vhive/shared';

/** Of what a job is planned. */
export interface JobContext {
  /** The nodes that the request names, in its order. All of them answer. */
  nodes: readonly NodeView[];
  /** The master. */
  controlPlane: NodeView;
  /** The configuration with which the cluster was brought up last; absent where it never was. */
  config?: ClusterConfig | undefined;
}

/** A job as it is to be run. */
export interface PlannedJob {
  plan: Plan;
  /** What it does, in one line, such as `load from node2, node3`. */
  title: string;
}
