import { createReadStream } from 'node:fs';
import { FILE_TYPE } from '@vhive/shared';
import type { FastifyInstance } from 'fastify';
import type { FindJobFile } from '../../operations/jobs.ts';
import { serve } from './serve.ts';

/** Serves the files that jobs published. The operator hook must be registered before. */
export function serveJobFiles(app: FastifyInstance, find: FindJobFile): void {
  serve(app, 'jobFile', async ({ id, sha256 }, { reply }) => {
    const { path, bytes } = await find(id, sha256);
    return await reply.type(FILE_TYPE).header('content-length', bytes).send(createReadStream(path));
  });
}
