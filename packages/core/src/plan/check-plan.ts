import { type ActionName, actions, outputRefsIn, type Step, type Task, VhiveError } from '@vhive/shared';
import type * as z from 'zod';

/** What is known of the steps around those of a plan. */
export interface AroundPlan {
  /**
   * The ids of all steps that any phase could make for this cluster, whether the phase is enabled and wanted or not.
   */
  possible: ReadonlySet<string>;
  /** The steps that the operator left out, which explain why an output is missing. */
  skipped: readonly Step[];
}

/**
 * Refuses a plan that could not run: one with an id that occurs twice, with a step that waits for a later one (which
 * covers every cycle) or for one that no phase could ever make, with params that the action would refuse, or with a
 * reference to an output that no earlier step gives.
 */
export function checkPlan(steps: readonly Step[], { possible, skipped }: AroundPlan): void {
  const indexes = new Map<string, number>();
  for (const [index, step] of steps.entries()) {
    if (indexes.has(step.id)) throw broken(`the step ${step.id} is there twice`);
    indexes.set(step.id, index);
  }
  for (const [index, step] of steps.entries()) {
    for (const id of [...step.needs, ...step.after]) {
      if ((indexes.get(id) ?? -1) >= index) throw broken(`${step.id} waits for ${id}, which stands after it`);
      if (!possible.has(id))
        throw broken(`${step.id} of phase ${step.phase} waits for ${id}, a step that no phase makes`);
    }
    for (const task of step.tasks) checkTask(step, task, indexes, skipped);
  }
}

function checkTask(step: Step, task: Task, indexes: ReadonlyMap<string, number>, skipped: readonly Step[]): void {
  const contract = actions[task.action as ActionName];
  if (contract === undefined) throw broken(`${step.id}: there is no action ${task.action}`);
  for (const { $output } of outputRefsIn(task.params)) {
    if ($output.optional === true) continue;
    if (!indexes.has($output.step)) throw missingProducer(step, $output.step, skipped);
    if (!step.needs.includes($output.step))
      throw broken(`${step.id} uses an output of ${$output.step} without needing it`);
  }
  // A reference is not a value yet, so what the schema complains about at its path does not count.
  const issues = contract.params.safeParse(task.params).error?.issues ?? [];
  const real = issues.filter((issue) => !standsAtReference(task.params, issue.path));
  if (real.length > 0)
    throw broken(
      `${step.id}, task ${task.id}: ${real.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    );
}

function standsAtReference(params: unknown, path: z.core.$ZodIssue['path']): boolean {
  let value: unknown = params;
  for (const key of path) {
    if (isReference(value)) return true;
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  }
  return isReference(value);
}

function isReference(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$output' in value;
}

function missingProducer(step: Step, producer: string, skipped: readonly Step[]): VhiveError {
  const phase = skipped.find(({ id }) => id === producer)?.phase;
  if (phase === undefined) return broken(`${step.id} uses an output of ${producer}, which is not in the plan`);
  return new VhiveError({
    code: 'usage',
    message: `--skip ${phase}: it cannot be left out, because ${step.phase} needs what it gives (${producer})`,
    hint: `leave ${step.phase} out too, or stop before it: --until <phase>`,
  });
}

function broken(message: string): VhiveError {
  return new VhiveError({ code: 'internal', message: `the plan is wrong: ${message}` });
}
