import { artifactRoutes } from './artifacts.ts';
import { clusterRoutes } from './cluster.ts';
import { enrolmentRoutes } from './enrolment.ts';
import { jobRoutes } from './jobs.ts';
import { logRoutes } from './logs.ts';
import { nodeRoutes } from './nodes.ts';
import type { Access } from './route.ts';
import { runRoutes } from './runs.ts';
import { streamRoutes } from './stream.ts';
import { tokenRoutes } from './tokens.ts';
import { usageRoutes } from './usage.ts';

/** The routes by area, in the order of the reference. */
export const routeAreas = {
  cluster: clusterRoutes,
  nodes: nodeRoutes,
  tokens: tokenRoutes,
  runs: runRoutes,
  jobs: jobRoutes,
  stream: streamRoutes,
  usage: usageRoutes,
  logs: logRoutes,
  enrolment: enrolmentRoutes,
  artifacts: artifactRoutes,
};

/**
 * All routes of the coordinator's HTTPS server, by name. The server registers them, the client calls them by name, and
 * the OpenAPI document and docs/api.md are made from them. Errors are answered as `httpFailure` says.
 */
export const routes = {
  ...clusterRoutes,
  ...nodeRoutes,
  ...tokenRoutes,
  ...runRoutes,
  ...jobRoutes,
  ...streamRoutes,
  ...usageRoutes,
  ...logRoutes,
  ...enrolmentRoutes,
  ...artifactRoutes,
};

/** The table of routes as a type. */
export type Routes = typeof routes;
/** Name of a route. */
export type RouteName = keyof Routes;
/** Names of the routes that callers of one kind may use. */
export type RouteNameOf<A extends Access> = {
  [N in RouteName]: Routes[N]['auth'] extends A ? N : never;
}[RouteName];

/** Names of the routes of operators whose answers are values; what sends files is served apart. */
export type OperationName = {
  [N in RouteNameOf<'operator'>]: Routes[N]['reply']['kind'] extends 'file' ? never : N;
}[RouteNameOf<'operator'>];

/** The names of the routes of operators whose answers are values. */
export function operationNames(): OperationName[] {
  return routeNamesOf('operator').filter((name): name is OperationName => routes[name].reply.kind !== 'file');
}

/** The names of the routes that callers of one kind may use. */
export function routeNamesOf<A extends Access>(auth: A): RouteNameOf<A>[] {
  const names = Object.keys(routes) as RouteName[];
  return names.filter((name): name is RouteNameOf<A> => routes[name].auth === auth);
}
