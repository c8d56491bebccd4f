import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import { sameSecret } from '../trust/operator-token.ts';
import { HttpError } from './http-error.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The node whose artifact token came with the request. It is set by {@link requireAgent} and empty elsewhere. */
    agentNode: string;
  }
}

/** Lets only requests with the operator token reach the routes of this plugin scope. Nobody is let in by address. */
export function requireOperator(app: FastifyInstance, token: string): void {
  app.addHook('onRequest', async (request) => {
    const given = bearerOf(request);
    if (given === undefined || !sameSecret(given, token))
      throw unauthorised(given === undefined ? 'the operator token is missing' : 'the operator token is wrong');
  });
}

/** Lets only requests with the artifact token of an approved node reach the routes of this plugin scope. */
export function requireAgent(app: FastifyInstance, nodes: Pick<NodeRegistry, 'nodeOfArtifactToken'>): void {
  app.decorateRequest('agentNode', '');
  app.addHook('onRequest', async (request) => {
    const node = nodes.nodeOfArtifactToken(bearerOf(request) ?? '');
    if (node === undefined)
      throw new HttpError('not-known', {
        message: 'the token is not that of an enrolled agent',
        hint: 'the agent must enrol again: systemctl restart vhive-agent',
      });
    request.agentNode = node;
  });
}

function bearerOf(request: FastifyRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function unauthorised(message: string): HttpError {
  return new HttpError('not-known', {
    message,
    hint: "the CLI reads it from the coordinator's state directory (operator-token): run as the same user, or set VHIVE_STATE_DIR",
  });
}
