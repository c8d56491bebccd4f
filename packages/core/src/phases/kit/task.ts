import { type ActionName, actions, type OutputRef, type ParamsIn, type Task } from '@vhive/shared';

/** A value as one writes it, in which any part may be a reference to an output of an earlier step. */
export type WithOutputs<T> =
  | OutputRef
  | (T extends readonly (infer Item)[]
      ? readonly WithOutputs<Item>[]
      : T extends object
        ? { [Key in keyof T]: WithOutputs<T[Key]> }
        : T);

/** The params of an action, with references to outputs anywhere in them. */
export type TaskParams<N extends ActionName> =
  ParamsIn<N> extends infer P ? (P extends unknown ? { [Key in keyof P]: WithOutputs<P[Key]> } : never) : never;

/** Makes a task. The compiler checks its params against those of its action. */
export function task<N extends ActionName>(
  id: string,
  title: string,
  action: N,
  params: TaskParams<N>,
  options: Pick<Task, 'timeLimitMs'> = {},
): Task {
  return { id, title, action, params: params as Task['params'], ...options };
}

/** Returns the time that a task may take, in milliseconds: its own limit, else that of its action. */
export function timeLimitOf({ action, timeLimitMs }: Task): number {
  return timeLimitMs ?? actions[action as ActionName].timeLimitMs;
}
