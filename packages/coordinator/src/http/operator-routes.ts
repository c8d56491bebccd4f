import { Readable } from 'node:stream';
import { nodeName, retryRequest, runId, runRequest, tokenRequest, VhiveError } from '@vhive/shared';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { LogFilter, Operations } from '../operations/operations.ts';

const named = z.object({ name: nodeName });
const identified = z.object({ id: z.string().min(1).max(64) });
const ofRun = z.object({ id: runId });
/** Query of the log routes. */
export const logQuery = z.object({
  run: runId.optional(),
  node: z.string().max(64).optional(),
  phase: z.string().max(64).optional(),
});

/** The operators' routes, as listed in shared/api.ts. Register under `/v1` with the operator hook in place. */
export function operatorRoutes(app: FastifyInstance, operations: Operations): void {
  app.get('/status', () => operations.status());

  app.get('/nodes', () => operations.nodes());
  app.post('/nodes/:name/approve', (request) => operations.approve(read(named, request.params).name));
  app.delete('/nodes/:name', async (request, reply) => {
    await operations.remove(read(named, request.params).name);
    return await reply.code(204).send();
  });

  app.get('/tokens', () => operations.tokens());
  app.post('/tokens', (request) => operations.createToken(read(tokenRequest, request.body ?? {})));
  app.delete('/tokens/:id', async (request, reply) => {
    await operations.revokeToken(read(identified, request.params).id);
    return await reply.code(204).send();
  });

  app.post('/plan', (request) => operations.plan(read(runRequest, request.body)));
  app.get('/runs', () => operations.runs());
  app.post('/runs', (request) => operations.startRun(read(runRequest, request.body)));
  app.get('/runs/:id', (request) => operations.run(read(ofRun, request.params).id));
  app.post('/runs/:id/retry', (request) =>
    operations.retry(read(ofRun, request.params).id, read(retryRequest, request.body ?? {}).nodes),
  );
  app.post('/runs/:id/cancel', (request) => operations.cancel(read(ofRun, request.params).id));

  app.get('/logs', (request, reply) => {
    const lines = operations.logs(filterOf(read(logQuery, request.query)));
    return reply.type('application/x-ndjson').send(Readable.from(ndjson(lines)));
  });
}

/** Parses untrusted input; what does not fit is a usage error that names the field. */
export function read<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new VhiveError({ code: 'usage', message: z.prettifyError(parsed.error) });
}

/** The filter a log query asks for. */
export function filterOf(query: z.output<typeof logQuery>): LogFilter {
  return { runId: query.run, node: query.node, phase: query.phase };
}

async function* ndjson(lines: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`;
}
