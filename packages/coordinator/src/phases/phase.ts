import type { Step } from '@vhive/shared';
import type { PhaseContext } from './context.ts';

/** One recipe: what is brought about on which nodes, after what. */
export interface Phase {
  /** As `--until` and `--skip` name it. */
  name: string;
  /** As a table of contents shows it. */
  title: string;
  /** One line for help and documentation. */
  description: string;
  /** Its steps, each after those it needs. */
  steps(context: PhaseContext): Step[];
}
