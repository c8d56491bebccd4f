import { type ActionName, actions, outputRefsIn, type Step, type Task, VhiveError } from '@vhive/shared';
import type { z } from 'zod';

/** What else is known of a plan's steps. */
export interface AroundPlan {
  /** Ids of all steps that any phase could make for this cluster, whether it is enabled and wanted or not. */
  possible: ReadonlySet<string>;
  /** Steps that the operator left out; they explain an output that is missing. */
  skipped: readonly Step[];
}

/**
 * Refuses a plan that could not run: ids twice, a need that stands later (so also every cycle), a need that no phase
 * could ever fulfil, params that the action would refuse, outputs that no earlier step gives.
 */
export function checkPlan(steps: readonly Step[], { possible, skipped }: AroundPlan): void {
  const places = new Map<string, number>();
  for (const [place, step] of steps.entries()) {
    if (places.has(step.id)) throw broken(`the step ${step.id} is there twice`);
    places.set(step.id, place);
  }
  for (const [place, step] of steps.entries()) {
    for (const id of [...step.needs, ...step.after]) {
      if ((places.get(id) ?? -1) >= place) throw broken(`${step.id} waits for ${id}, which stands after it`);
      if (!possible.has(id))
        throw broken(`${step.id} of phase ${step.phase} waits for ${id}, a step that no phase makes`);
    }
    for (const task of step.tasks) checkTask(step, task, places, skipped);
  }
}

function checkTask(step: Step, task: Task, places: ReadonlyMap<string, number>, skipped: readonly Step[]): void {
  const contract = actions[task.action as ActionName];
  if (contract === undefined) throw broken(`${step.id}: there is no action ${task.action}`);
  for (const { $output } of outputRefsIn(task.params)) {
    if ($output.optional === true) continue;
    if (!places.has($output.step)) throw missingProducer(step, $output.step, skipped);
    if (!step.needs.includes($output.step))
      throw broken(`${step.id} uses an output of ${$output.step} without needing it`);
  }
  // References are not values yet: complaints about the places where they stand do not count.
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
