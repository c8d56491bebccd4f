import websocket from '@fastify/websocket';
import { MAX_MESSAGE_BYTES } from '@vhive/shared';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Operations } from '../operations/operations.ts';
import type { CertificateAndKey } from '../trust/certificates.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { requireAgent, requireOperator } from './bearer.ts';
import { type EnrolmentOptions, enrolmentRoutes } from './enrolment-routes.ts';
import { createHttpsServer } from './https-server.ts';
import { operatorRoutes } from './operator-routes.ts';
import { operatorSockets } from './operator-sockets.ts';

/** What the HTTPS server serves. */
export interface HttpApiParts {
  certificate: CertificateAndKey;
  log: Logger;
  enrolment: EnrolmentOptions;
  store: ArtifactStore;
  operations: Operations;
  operatorToken: string;
}

/** The HTTPS server with all its routes: enrolment for everybody, artifacts for agents, the rest for operators. */
export async function createHttpApi(parts: HttpApiParts): Promise<FastifyInstance> {
  const app = await createHttpsServer(parts);
  await app.register(websocket, { options: { maxPayload: MAX_MESSAGE_BYTES } });
  await app.register(async (scope) => enrolmentRoutes(scope, parts.enrolment), { prefix: '/v1' });
  await app.register(async (scope) => {
    requireAgent(scope, parts.enrolment.registry);
    await artifactRoutes(scope, { store: parts.store });
  });
  await app.register(
    async (scope) => {
      requireOperator(scope, parts.operatorToken);
      operatorRoutes(scope, parts.operations);
      operatorSockets(scope, parts.operations);
    },
    { prefix: '/v1' },
  );
  return app;
}
