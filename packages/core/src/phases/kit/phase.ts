import type { Step } from '@vhive/shared';
import type { PhaseContext, PlanNode } from './context.ts';
import type { ManifestName, NeededComponents, PhaseFacts } from './facts.ts';
import type { StepId } from './steps.ts';

/** How far a phase is proven, for docs/realness.md and `vhive-coord doctor`. */
export interface Realness {
  /**
   * real: what it does happens for real in the lab; boundary: its files and commands are checked there, but what they
   * ask for needs hardware or images that the lab lacks; untested: it never ran.
   */
  lab: 'real' | 'boundary' | 'untested';
  /** What is not real there, or where it was seen; one sentence. */
  note: string;
  /** Commands by which a person with the hardware sees that it works, run on a node. */
  byHand: readonly string[];
}

/** What the steps of a phase are made of: the cluster, and what all enabled phases together say of themselves. */
export interface PlanContext extends PhaseContext {
  facts: PhaseFacts;
}

/**
 * One recipe: what is brought about on which nodes, after what. A phase says all that is to be known of it; what others
 * need of it (artifacts what to fetch, `ready` what to wait for, the last look what runs) is folded over the list of
 * phases once per plan, so that no phase knows that list. Adding a component takes four places: its phase file, a line in
 * `phases/index.ts`, its entry in `versions/catalogue.ts`, and its key in `shared/src/cluster-file/`.
 */
export interface Phase {
  /** As `--until` and `--skip` name it. */
  name: string;
  /** As a table of contents shows it. */
  title: string;
  /** One line for help and documentation. */
  description: string;
  realness: Realness;
  /** How long one of its steps takes where no earlier run tells, seconds: for the critical path. */
  assumedSeconds: number;
  /** Whether a cluster has it; absent: every cluster has. */
  enabled?(context: PhaseContext): boolean;
  /** Components of the catalogue that it brings, each with the nodes that need the files; absent: none. */
  components?: NeededComponents;
  /** Upstream manifests that it applies, which `manifestPatches` of the cluster file may therefore change; absent: none. */
  manifests?: readonly ManifestName[];
  /** systemd units that it leaves running on a node, which the last look finds there; absent: none. */
  units?(context: PhaseContext, node: PlanNode): readonly string[];
  /** Its last steps for the cluster as a whole, which `ready` needs; absent: none. */
  lastSteps?(context: PhaseContext): readonly StepId[];
  /** Its last steps on a node, which `ready` waits for without needing them: a lost worker must not hold it up. */
  lastNodeSteps?(context: PhaseContext, node: PlanNode): readonly StepId[];
  /**
   * Its steps, each after those it needs. This is asked of every phase of the list, also where the cluster does not have
   * it: the plan then leaves the steps out, and only learns which ids of steps there could be.
   */
  steps(context: PlanContext): Step[];
}
