import { expect, it } from 'vitest';
import * as z from 'zod';
import { API_PREFIX, bodyMayBeAbsent, failuresOf, type Route } from './route.ts';
import { routeAreas, routeNamesOf, routes } from './routes.ts';

const all = Object.entries<Route>(routes);
const fieldsOf = (part: Route['params' | 'query' | 'body']) =>
  part instanceof z.ZodObject ? Object.keys(part.shape) : [];

it('holds every route of every area, under a name and a path of its own', () => {
  expect(all).toHaveLength(Object.values(routeAreas).reduce((sum, area) => sum + Object.keys(area).length, 0));
  expect(new Set(all.map(([, { method, path }]) => `${method} ${path}`)).size).toBe(all.length);
});

it.each(all)(
  '%s: its path names its params, and no field stands in two places',
  (_name, { path, params, query, body }) => {
    expect([...path.matchAll(/:(\w+)/g)].map(([, name]) => name)).toEqual(fieldsOf(params));
    const fields = [...fieldsOf(params), ...fieldsOf(query), ...fieldsOf(body)];
    expect(new Set(fields).size).toBe(fields.length);
  },
);

it('has a version in every path but that of its own description', () => {
  expect(all.filter(([, { path }]) => !path.startsWith(`${API_PREFIX}/`)).map(([name]) => name)).toEqual(['openapi']);
});

it('divides the routes among their callers', () => {
  const names = [...routeNamesOf('everybody'), ...routeNamesOf('agent'), ...routeNamesOf('operator')];
  expect(names.toSorted()).toEqual(all.map(([name]) => name).toSorted());
});

it('lets a body be left out where all of its fields may be', () => {
  expect([routes.retryRun, routes.createToken, routes.cancelRun].map(bodyMayBeAbsent)).toEqual([true, true, true]);
  expect([routes.startRun, routes.enrol, routes.publishArtifact].map(bodyMayBeAbsent)).toEqual([false, false, false]);
});

it('adds what follows from the kind of route to the ways in which it fails', () => {
  expect(failuresOf(routes.health)).toEqual(['internal']);
  expect(failuresOf(routes.nodes)).toEqual(['not-known', 'internal']);
  expect(failuresOf(routes.plan)).toEqual(['usage', 'not-known', 'preflight', 'too-large', 'wrong-type', 'internal']);
});
