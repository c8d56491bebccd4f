import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import websocket from '@fastify/websocket';
import { VhiveError } from '@vhive/shared';
import fastify, { type FastifyInstance } from 'fastify';
import { serveCluster } from '../../http/routes/cluster.ts';
import { serveOperators } from '../../http/routes/operators.ts';
import type { Operations } from '../../operations/operations.ts';
import { openAuthority } from '../../trust/authority.ts';
import type { Endpoint } from './client.ts';

/** A real HTTPS server with the coordinator's own routes over the given operations. */
export interface ApiServer {
  endpoint: Endpoint;
  stateDir: string;
  app: FastifyInstance;
  stop(): Promise<void>;
}

/** The operator token the server takes. */
const TOKEN = 'operator-token-of-this-test';

/**
 * Starts a server on a free port of loopback, with a fresh CA. Operations that are not given are refused as internal
 * errors.
 */
export async function startApiServer(operations: Partial<Operations>): Promise<ApiServer> {
  const stateDir = await mkdtemp(join(tmpdir(), 'vhive-cli-'));
  const authority = await openAuthority({ stateDir, cluster: 'test' });
  const { certPem, keyPem } = await authority.serverCertificate();
  const app = fastify({ https: { cert: certPem, key: keyPem } });
  await app.register(websocket);
  app.setErrorHandler((cause, _request, reply) => {
    const error = cause instanceof VhiveError ? cause : undefined;
    const status = { usage: 400, refused: 401 }[error?.code as string] ?? 500;
    return reply
      .code(status)
      .send({ code: error?.code ?? 'internal', message: error?.message ?? String(cause), hint: error?.hint });
  });
  serveCluster(app, authority);
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => {
      if (request.headers.authorization === `Bearer ${TOKEN}`) return;
      throw new VhiveError({ code: 'refused', message: 'the operator token is not the right one' });
    });
    serveOperators(scope, operations as Operations);
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  await writeFile(join(stateDir, 'ca.pem'), authority.caPem);
  await writeFile(join(stateDir, 'operator-token'), `${TOKEN}\n`, { mode: 0o600 });
  return {
    endpoint: { url, token: TOKEN, ca: authority.caPem },
    stateDir,
    app,
    async stop() {
      await app.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
