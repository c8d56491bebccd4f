import { operationNames } from '@vhive/shared';
import type { FastifyInstance } from 'fastify';
import type { Operations } from '../../operations/operations.ts';
import { serveAll } from './serve.ts';

/**
 * Serves everything that operators may ask but files, straight from the operations. The operator hook must be registered before.
 */
export function serveOperators(app: FastifyInstance, operations: Operations): void {
  serveAll(app, operationNames(), operations);
}
