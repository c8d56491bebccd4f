import websocket from '@fastify/websocket';
import { MAX_MESSAGE_BYTES } from '@vhive/shared';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ImageRegistry } from '../artifacts/registry/image-registry.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { FindJobFile } from '../operations/jobs.ts';
import type { Operations } from '../operations/operations.ts';
import type { CertificateAndKey } from '../trust/certificates.ts';
import { requireAgent, requireOperator } from './bearer.ts';
import { createHttpsServer } from './https-server.ts';
import { serveArtifacts } from './routes/artifacts.ts';
import { serveCluster } from './routes/cluster.ts';
import { type EnrolmentOptions, serveEnrolment } from './routes/enrolment.ts';
import { serveImageRegistry } from './routes/image-registry.ts';
import { serveJobFiles } from './routes/job-files.ts';
import { serveOperators } from './routes/operators.ts';

/** What the HTTPS server serves. */
export interface HttpApiParts {
  certificate: CertificateAndKey;
  log: Logger;
  enrolment: EnrolmentOptions;
  store: ArtifactStore;
  /** The container images of the mirror tree. */
  images: Pick<ImageRegistry, 'manifest' | 'blob'>;
  /** Whether a node does a step now that publishes files. */
  mayPublish(node: string): boolean;
  operations: Operations;
  findJobFile: FindJobFile;
  operatorToken: string;
}

/**
 * Makes the HTTPS server with all its routes: enrolment for everybody, artifacts for agents, images for the addresses of
 * nodes, and the rest for operators.
 */
export async function createHttpApi(parts: HttpApiParts): Promise<FastifyInstance> {
  const app = await createHttpsServer(parts);
  await app.register(websocket, { options: { maxPayload: MAX_MESSAGE_BYTES } });
  await app.register(async (scope) => serveCluster(scope, parts.enrolment.authority));
  await app.register(async (scope) => serveEnrolment(scope, parts.enrolment));
  await app.register(async (scope) => {
    requireAgent(scope, parts.enrolment.nodes);
    await serveArtifacts(scope, { store: parts.store, mayPublish: (node) => parts.mayPublish(node) });
  });
  await app.register(async (scope) => {
    const { nodes } = parts.enrolment;
    serveImageRegistry(scope, { registry: parts.images, isNodeAddress: (address) => nodes.isNodeAddress(address) });
  });
  await app.register(async (scope) => {
    requireOperator(scope, parts.operatorToken);
    serveOperators(scope, parts.operations);
    serveJobFiles(scope, parts.findJobFile);
  });
  return app;
}
