import { type OutputRef, outputRef, type Step, type Task } from '@vhive/shared';
import type { RunState } from './state.ts';

/** Outputs of a step by task id; undefined when the step is not done. */
export type OutputsOf = (stepId: string) => Readonly<Record<string, unknown>> | undefined;

/** Tasks as they are sent. */
export interface ResolvedTasks {
  tasks: Task[];
  /** References without a value, by task: only in check mode, or for steps that are merely awaited. Null stands in their place. */
  missing: { taskId: string; reference: OutputRef }[];
}

/** Puts the values of outputs in the place of references, at any depth. */
export function resolveParams(step: Step, outputsOf: OutputsOf): ResolvedTasks {
  const missing: ResolvedTasks['missing'] = [];
  const tasks = step.tasks.map((task) => {
    const params: Task['params'] = {};
    for (const [name, value] of Object.entries(task.params))
      params[name] = resolveValue(value, outputsOf, (reference) => missing.push({ taskId: task.id, reference }));
    return { ...task, params };
  });
  return { tasks, missing };
}

/** The outputs a run has so far. */
export function outputsOfRun(state: RunState): OutputsOf {
  return (stepId) => {
    const place = state.index.places.get(stepId);
    if (place === undefined) return undefined;
    const step = state.steps.get(place);
    return step.position === 'done' ? step.outputs : undefined;
  };
}

function resolveValue(value: unknown, outputsOf: OutputsOf, absent: (reference: OutputRef) => void): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, outputsOf, absent));
  if (typeof value !== 'object' || value === null) return value;
  if (!('$output' in value)) {
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) result[key] = resolveValue(item, outputsOf, absent);
    return result;
  }
  const reference = outputRef.parse(value);
  const { step, task, key } = reference.$output;
  const outputs = outputsOf(step)?.[task];
  const found = typeof outputs === 'object' && outputs !== null ? (outputs as Record<string, unknown>)[key] : undefined;
  if (found === undefined) absent(reference);
  return found ?? null;
}
