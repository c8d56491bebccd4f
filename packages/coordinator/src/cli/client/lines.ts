import type { Agent } from 'node:https';
import { createInterface } from 'node:readline';
import { unreachableError } from './failure.ts';
import { type CoordinatorRequest, type Endpoint, send } from './request.ts';

/**
 * Reads the values of an answer that has one JSON value on each line. Ends when the answer ends, or when the signal of
 * the request aborts. Throws `unreachable` when the answer breaks off.
 */
export async function* linesOf<T>(
  endpoint: Endpoint,
  agent: Agent,
  request: CoordinatorRequest,
  checked: (value: unknown) => T,
): AsyncGenerator<T> {
  const answer = await send(endpoint, agent, request);
  // readline swallows a broken connection, which must not look like the end of the lines.
  let broken: Error | undefined;
  answer.once('error', (cause) => {
    broken = cause;
  });
  for await (const line of createInterface({ input: answer })) {
    if (line !== '') yield checked(JSON.parse(line));
  }
  if (request.signal?.aborted) return;
  if (broken || !answer.complete) throw unreachableError(endpoint.url, broken ?? new Error('the answer broke off'));
}
