import { VERSION } from '@vhive/shared';
import type { OpenApiDocument } from '@vhive/shared/openapi';
import type { FastifyInstance } from 'fastify';
import type { Authority } from '../../trust/authority.ts';
import { serve } from './serve.ts';

/** Serves what everybody may know of the coordinator: that it is alive, and how its API is called. */
export function serveCluster(app: FastifyInstance, authority: Pick<Authority, 'cluster'>): void {
  serve(app, 'health', () => ({ status: 'ok' as const, cluster: authority.cluster, version: VERSION }));
  // The description is made when it is first asked for, which seldom happens, and is then kept.
  let description: Promise<OpenApiDocument> | undefined;
  serve(app, 'openapi', () => {
    description ??= import('@vhive/shared/openapi').then(({ openApiDocument }) => openApiDocument());
    return description;
  });
}
