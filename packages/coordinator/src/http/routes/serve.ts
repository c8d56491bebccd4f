import '@fastify/websocket';
import { Readable } from 'node:stream';
import {
  type AnswerOf,
  LINES_TYPE,
  type ReadInputOf,
  type Route,
  type RouteName,
  type Routes,
  routes,
} from '@vhive/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { pump } from './pump.ts';
import { readInput } from './read-input.ts';

/** What a handler has besides its input, where a request gets one answer. */
export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** What a handler has besides its input, where messages go on until the caller leaves. */
export interface Subscription {
  /** Aborts when the caller has gone. */
  signal: AbortSignal;
}

/** The code behind a route. It takes the checked input and returns what the table of routes says. */
export type Handler<R extends Route> = (
  input: ReadInputOf<R>,
  call: R['reply']['kind'] extends 'messages' ? Subscription : Exchange,
) => R['reply']['kind'] extends 'file' ? Promise<FastifyReply> : AnswerOf<R>;

/** A handler for each of the named routes. */
export type Handlers<N extends RouteName> = { [K in N]: Handler<Routes[K]> };

/** What Fastify is told about a route besides what the table says, such as limits. */
export type ServeOptions = Pick<RouteShorthandOptions, 'bodyLimit' | 'config' | 'onRequest'>;

/** Registers one route of the table. Register `@fastify/websocket` before routes whose reply is messages. */
export function serve<N extends RouteName>(
  app: FastifyInstance,
  name: N,
  handler: Handler<Routes[N]>,
  options: ServeOptions = {},
): void {
  const route: Route = routes[name];
  // What a handler takes and returns depends on its route. That it fits is checked above, by its type.
  const answer = handler as unknown as (input: unknown, call: Exchange | Subscription) => unknown;
  const { method, path: url } = route;
  if (route.reply.kind === 'messages') {
    app.get(url, { ...options, websocket: true }, (socket, request) => {
      const input = readInput(route, request);
      void pump(socket, (signal) => answer(input, { signal }) as AsyncIterable<unknown>);
    });
    return;
  }
  const exposeHeadRoute = !Object.values<Route>(routes).some((other) => other.method === 'HEAD' && other.path === url);
  app.route({
    ...options,
    ...{ method, url, exposeHeadRoute },
    handler: async (request, reply) => {
      const value = await answer(readInput(route, request), { request, reply });
      if (route.reply.kind === 'nothing') return await reply.code(204).send();
      if (route.reply.kind !== 'lines') return value;
      return await reply.type(LINES_TYPE).send(Readable.from(asLines(value as AsyncIterable<unknown>)));
    },
  });
}

/** Registers several routes of the table, each as {@link serve} does. */
export function serveAll<N extends RouteName>(app: FastifyInstance, names: readonly N[], handlers: Handlers<N>): void {
  for (const name of names) serve(app, name, handlers[name]);
}

async function* asLines(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
