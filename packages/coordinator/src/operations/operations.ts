import type { AnswerOf, OperationName, ReadInputOf, Route, Routes } from '@vhive/shared';

/**
 * What an operation does: it takes what the route of the same name takes, and returns what that route answers. An
 * operation that goes on until its caller leaves is told of that by its signal, which aborts.
 */
export type Operation<R extends Route> = (
  input: ReadInputOf<R>,
  ...call: R['reply']['kind'] extends 'messages' ? [{ signal: AbortSignal }] : []
) => AnswerOf<R>;

/** Everything that an operator can ask of a coordinator, by the names of the routes over which it is asked. */
export type Operations = { [N in OperationName]: Operation<Routes[N]> };
