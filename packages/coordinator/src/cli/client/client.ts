import { once } from 'node:events';
import { Agent } from 'node:https';
import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import {
  type AnswerOf,
  type InputOf,
  printableValue,
  type Route,
  type RouteName,
  type Routes,
  routeNamesOf,
  routes,
  VhiveError,
} from '@vhive/shared';
import * as z from 'zod';
import { linesOf } from './lines.ts';
import { type CoordinatorRequest, type Endpoint, send } from './request.ts';
import { messagesOf } from './socket.ts';
import { requestOf } from './wire-request.ts';

export type { Endpoint } from './request.ts';

/** The names of the routes that the client calls: all but those of agents, and the description of the API. */
type Called = {
  [N in RouteName]: Routes[N]['auth'] extends 'operator' ? N : N extends 'health' ? N : never;
}[RouteName];

/** The settings of a single call. */
export interface CallOptions {
  /** How long to wait for the answer, in milliseconds; default 60 s. */
  idleLimitMs?: number;
}

/** The type of the function that calls a route. The input may be left out where every field of it may be left out. */
type Call<R extends Route> = R['reply']['kind'] extends 'file'
  ? (input: InputOf<R>, options?: CallOptions) => Promise<Readable>
  : AnswerOf<R> extends AsyncIterable<unknown>
    ? (input: InputOf<R>, signal: AbortSignal) => AnswerOf<R>
    : (
        ...given: object extends InputOf<R>
          ? [input?: InputOf<R>, options?: CallOptions]
          : [input: InputOf<R>, options?: CallOptions]
      ) => Promise<Awaited<AnswerOf<R>>>;

/**
 * The API of a coordinator: each route by its name, with every answer checked, and with no text in it that a terminal
 * would obey (see {@link printableValue}). All methods throw VhiveError: the
 * coordinator's own refusal, or `unreachable` when it does not answer. Answers that come line by line or message by
 * message end without an error when the signal aborts.
 */
export type ApiClient = { readonly [N in Called]: Call<Routes[N]> } & {
  readonly url: string;
  /** Closes idle connections. */
  close(): void;
};

/**
 * Makes a client of one coordinator, over HTTPS that trusts only the given CA. It opens no connection until it is used.
 */
export function createClient(endpoint: Endpoint): ApiClient {
  const agent = new Agent({ keepAlive: true, ca: endpoint.ca });
  const callOf = (name: Called) => {
    const { reply, ...route }: Route = routes[name];
    const toSend = (input: object = {}) => requestOf(route, input);
    switch (reply.kind) {
      case 'messages':
        return (input: object, signal: AbortSignal) => messagesOf(endpoint, toSend(input).path, reply.schema, signal);
      case 'lines':
        return (input: object, signal: AbortSignal) =>
          linesOf(endpoint, agent, { ...toSend(input), signal }, (line) => checked(reply.schema, line, toSend(input)));
      default:
        return async (input?: object, options: CallOptions = {}) => {
          const request = { ...toSend(input), ...options };
          const answer = await send(endpoint, agent, request);
          if (reply.kind === 'file') return answer;
          if (reply.kind === 'json') return checked(reply.schema, await json(answer), request);
          answer.resume();
          await once(answer, 'end');
          return undefined;
        };
    }
  };
  const names: Called[] = ['health', ...routeNamesOf('operator')];
  const calls = Object.fromEntries(names.map((name) => [name, callOf(name)]));
  // Each call is made from the route of its name, and so has the type that the route says.
  return { ...(calls as unknown as ApiClient), url: endpoint.url, close: () => agent.destroy() };
}

function checked<S extends z.ZodType>(schema: S, value: unknown, { method, path }: CoordinatorRequest): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return printableValue(parsed.data);
  throw new VhiveError({
    code: 'internal',
    message: `the coordinator's answer to ${method} ${path.split('?')[0]} is not what this version expects: ${z.prettifyError(parsed.error)}`,
    hint: 'are vhive-coord and the running coordinator of the same version? restart it: systemctl restart vhive-coord',
  });
}
