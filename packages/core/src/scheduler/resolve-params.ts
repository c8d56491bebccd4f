import { outputRef, type Step, type Task } from '@vhive/shared';
import type { RunState } from './state.ts';

/** Gives the outputs of a step by task id, or undefined when the step is not done. */
export type OutputsOf = (stepId: string) => Readonly<Record<string, unknown>> | undefined;

/**
 * Returns the tasks of a step with the values of outputs in place of the references to them, at any depth. A reference
 * may have no value: in check mode, where nothing was done, or when its step is merely awaited. An optional one then
 * becomes null; any other stays as it is, which marks what is not known yet.
 */
export function resolveParams(step: Step, outputsOf: OutputsOf): Task[] {
  return step.tasks.map((task) => {
    const params: Task['params'] = {};
    for (const [name, value] of Object.entries(task.params)) params[name] = resolveValue(value, outputsOf);
    return { ...task, params };
  });
}

/** Returns the outputs that a run has so far. */
export function outputsOfRun(state: RunState): OutputsOf {
  return (stepId) => {
    const index = state.lookup.indexes.get(stepId);
    if (index === undefined) return undefined;
    const step = state.steps.get(index);
    return step.position === 'done' ? step.outputs : undefined;
  };
}

function resolveValue(value: unknown, outputsOf: OutputsOf): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveValue(item, outputsOf));
  if (typeof value !== 'object' || value === null) return value;
  if ('$output' in value) return resolveReference(value, outputsOf);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) result[key] = resolveValue(item, outputsOf);
  return result;
}

function resolveReference(value: object, outputsOf: OutputsOf): unknown {
  const { step, task, key, entry, optional, within } = outputRef.parse(value).$output;
  const output = fieldOf(outputsOf(step)?.[task], key);
  const found = entry === undefined ? output : fieldOf(output, entry);
  if (found !== undefined) return within === undefined ? found : within.replaceAll('{value}', () => String(found));
  return optional === true ? null : value;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
