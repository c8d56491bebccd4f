import { phases, type Realness } from '@vhive/core/phases/index';
import type { RunView, StepView } from '@vhive/shared';

/** What the doctor says of a phase. */
export interface PhaseDiagnosis {
  phase: string;
  /**
   * well: it is as `up` left it. differs: `up` would change something. unwell: a look at it failed. unknown: the dry
   * run never got there.
   */
  state: 'well' | 'differs' | 'unwell' | 'unknown';
  /** What is not well, one line each, with the node. */
  complaints: string[];
  realness: Realness;
}

/** Makes the diagnosis from a dry run, phase by phase. `titleOf` gives the title that a task has in the plan. */
export function diagnose(view: RunView, titleOf: (step: string, task: string) => string | undefined): PhaseDiagnosis[] {
  return view.phases.flatMap(({ name }) => {
    const phase = phases.find((candidate) => candidate.name === name);
    if (phase === undefined) return [];
    const steps = view.steps.filter((step) => step.phase === name);
    const complaints = steps.flatMap((step) => complaintsOf(step, titleOf));
    return [{ phase: name, state: stateOf(steps), complaints, realness: phase.realness }];
  });
}

function stateOf(steps: readonly StepView[]): PhaseDiagnosis['state'] {
  const tasks = steps.flatMap((step) => step.tasks);
  if (steps.some(({ status }) => status === 'failed')) return 'unwell';
  if (tasks.some(({ status }) => status === 'would-change')) return 'differs';
  return steps.every(({ status }) => status === 'done') ? 'well' : 'unknown';
}

function complaintsOf(step: StepView, titleOf: (step: string, task: string) => string | undefined): string[] {
  if (step.status === 'skipped')
    return [`${step.node}: not looked at: ${step.failure?.message ?? 'another step failed'}`];
  return step.tasks.flatMap((task) => {
    const title = titleOf(step.id, task.id) ?? task.id;
    if (task.failure !== undefined) return [`${step.node}: ${title}: ${task.failure.message}`];
    if (task.status !== 'would-change') return [];
    return [`${step.node}: ${title}: ${(task.changes ?? []).join('; ')}`];
  });
}
