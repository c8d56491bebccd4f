import type { Agent } from 'node:https';
import { VhiveError } from '@vhive/shared';
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
  answer.setEncoding('utf8');
  let rest = '';
  try {
    // Values may hold other characters that separate lines, such as U+2028, at which readline would cut them.
    for await (const chunk of answer) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield checked(JSON.parse(line));
    }
  } catch (cause) {
    if (request.signal?.aborted) return;
    throw cause instanceof VhiveError ? cause : unreachableError(endpoint.url, cause);
  }
  if (request.signal?.aborted) return;
  if (!answer.complete) throw unreachableError(endpoint.url, new Error('the answer broke off'));
  if (rest !== '') yield checked(JSON.parse(rest));
}
