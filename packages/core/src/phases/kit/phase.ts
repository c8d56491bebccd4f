import type { Step } from '@vhive/shared';
import type { PhaseContext, PlanNode } from './context.ts';
import type { ManifestName, NeededComponents, PhaseFacts } from './facts.ts';
import type { StepId } from './steps.ts';

/** How far a phase has been proven, for docs/realness.md and `vhive-coord doctor`. */
export interface Realness {
  /**
   * A phase is `real` when what it does happens for real in the lab. At the `boundary`, its files and commands are
   * checked there, but what they ask for needs hardware or images that the lab lacks. An `untested` phase never ran.
   */
  lab: 'real' | 'boundary' | 'untested';
  /** What is not real in the lab, or where the phase was seen to work. */
  note: string;
  /** The commands that a person with the hardware runs on a node to see that the phase works. */
  byHand: readonly string[];
}

/** What a phase makes its steps from: the cluster, and what all enabled phases together declare about themselves. */
export interface PlanContext extends PhaseContext {
  facts: PhaseFacts;
}

/**
 * A phase is a recipe: it says what is brought about on which nodes, after what. It also declares what other phases
 * need to know of it: what `artifacts` must fetch, what `ready` must wait for, which units the last look must find
 * running. These facts are folded over the list of phases once per plan, so that no phase knows that list. Adding a
 * component takes four edits: its phase file, a line in `phases/index.ts`, its entry in `versions/catalogue.ts`, and
 * its key in `shared/src/cluster-file/`.
 */
export interface Phase {
  /** The name by which `--until` and `--skip` mean the phase. */
  name: string;
  /** The title, as a table of contents shows it. */
  title: string;
  /** What the phase brings about, in one line for the documentation. */
  description: string;
  realness: Realness;
  /** How long one of its steps is assumed to take for the critical path where no earlier run tells, in seconds. */
  assumedSeconds: number;
  /** Whether a cluster has the phase. Where it is absent, every cluster has. */
  enabled?(context: PhaseContext): boolean;
  /** The components of the catalogue that it brings, each with the nodes that need the files. */
  components?: NeededComponents;
  /** The upstream manifests that it applies, which `manifestPatches` in the cluster file may therefore change. */
  manifests?: readonly ManifestName[];
  /** Returns the systemd units that it leaves running on a node, which the last look must find there. */
  units?(context: PhaseContext, node: PlanNode): readonly string[];
  /** Returns its last steps for the cluster as a whole, which `ready` needs. */
  lastSteps?(context: PhaseContext): readonly StepId[];
  /**
   * Returns its last steps on a node. `ready` waits until they have ended, well or not, because a lost worker must not
   * hold it up.
   */
  lastNodeSteps?(context: PhaseContext, node: PlanNode): readonly StepId[];
  /**
   * Returns its steps, each of them after those that it needs. Every phase of the list is asked for them, even one that
   * the cluster does not have: the plan then leaves the steps out and only learns which step ids could exist.
   */
  steps(context: PlanContext): Step[];
}
