import { routeNamesOf } from '@vhive/shared';
import type { FastifyInstance } from 'fastify';
import type { Operations } from '../../operations/operations.ts';
import { serveAll } from './serve.ts';

/** Everything that operators may ask, straight from the operations. Register with the operator hook in place. */
export function serveOperators(app: FastifyInstance, operations: Operations): void {
  serveAll(app, routeNamesOf('operator'), operations);
}
