import type { Step } from '@vhive/shared';
import type { PhaseContext } from './context.ts';

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

/** One recipe: what is brought about on which nodes, after what. */
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
  /** Its steps, each after those it needs. */
  steps(context: PhaseContext): Step[];
}
