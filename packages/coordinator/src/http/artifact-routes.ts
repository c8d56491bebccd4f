import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { type HttpFailure, sha256 } from '@vhive/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { ArtifactStore, StoredArtifact } from '../artifacts/store.ts';
import { HttpError } from './http-error.ts';
import { receiveArtifact, requireRoom, tooLarge } from './receive-artifact.ts';

/** Largest file that is taken in, bytes. */
const MOST_BYTES = 2 * 1024 ** 3;

/** Stays free for the coordinator's own records, whatever agents send. Bytes. */
const RESERVE_BYTES = 512 * 1024 ** 2;

/** A large file over a slow line takes its time, milliseconds. */
const UPLOAD_TIME_LIMIT_MS = 15 * 60_000;

/** What the routes need. */
export interface ArtifactRouteOptions {
  store: ArtifactStore;
  /** Refuses whoever may not have artifacts, by throwing or replying; absent: the plugin scope does. */
  authorize?: onRequestAsyncHookHandler;
  /** Largest file that is taken in, bytes; default 2 GiB. */
  mostBytes?: number;
  /** Stays free on the disk, bytes; default 512 MiB. */
  reserveBytes?: number;
}

/**
 * Fastify plugin: `GET` and `HEAD /v1/artifacts/:sha256`, with ranges, so that a download goes on where it broke off.
 * Content never changes under its address, so everything may be cached for ever. `PUT` takes in what an agent has made
 * (`artifact.publish`), under the hash of its content alone: see {@link receiveArtifact} for why that is safe.
 */
export async function artifactRoutes(app: FastifyInstance, options: ArtifactRouteOptions): Promise<void> {
  const { store, authorize, mostBytes = MOST_BYTES, reserveBytes = RESERVE_BYTES } = options;
  app.route<{ Params: { sha256: string } }>({
    method: ['GET', 'HEAD'],
    url: '/v1/artifacts/:sha256',
    exposeHeadRoute: false,
    ...(authorize ? { onRequest: authorize } : {}),
    handler: async (request, reply) => {
      const wanted = sha256.safeParse(request.params.sha256);
      const found = wanted.success ? await store.find(wanted.data) : undefined;
      if (!found) return await reply.code(404).send(absent(request.params.sha256));
      return await serve(request, reply, found);
    },
  });

  // Handed on as it comes: a file may be larger than memory. Its size is limited where it is read.
  app.addContentTypeParser('application/octet-stream', (_request, body, done) => done(null, body));
  app.route<{ Params: { sha256: string }; Body: Readable }>({
    method: 'PUT',
    url: '/v1/artifacts/:sha256',
    ...(authorize ? { onRequest: authorize } : {}),
    config: {
      bodyTimeLimitMs: UPLOAD_TIME_LIMIT_MS,
      // Nodes publish a few files per run: one of them gone wild must not fill the disk, nor keep the others out.
      rateLimit: { max: 30, timeWindow: 60_000, keyGenerator: (request) => request.agentNode || request.ip },
    },
    handler: async (request, reply) => {
      const wanted = sha256.safeParse(request.params.sha256);
      if (!wanted.success)
        throw new HttpError(400, { code: 'usage', message: 'an artifact is put under its SHA-256, in lower-case hex' });
      const length = Number(request.headers['content-length']);
      if (!Number.isSafeInteger(length))
        throw new HttpError(411, { code: 'usage', message: 'say how long the file is: Content-Length' });
      if (length > mostBytes) throw tooLarge(mostBytes);
      const present = await store.find(wanted.data);
      if (!present) await requireRoom(store, length, reserveBytes);
      const stored = present ?? (await receiveArtifact(store, { sha256: wanted.data, mostBytes }, request.body));
      return await reply.code(present ? 200 : 201).send({ sha256: stored.sha256, bytes: stored.bytes });
    },
  });
}

async function serve(request: FastifyRequest, reply: FastifyReply, { path, sha256, bytes }: StoredArtifact) {
  const etag = `"${sha256}"`;
  reply.headers({
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=31536000, immutable',
  });
  const { 'if-none-match': noneMatch, 'if-range': ifRange } = request.headers;
  if (noneMatch !== undefined && (noneMatch === '*' || noneMatch.includes(etag))) return await reply.code(304).send();
  const wanted = ifRange === undefined || ifRange === etag ? request.headers.range : undefined;
  const range = parseRange(wanted, bytes);
  if (range === 'unsatisfiable')
    return await reply
      .code(416)
      .header('content-range', `bytes */${bytes}`)
      .send({
        code: 'range',
        message: `the file has ${bytes} bytes`,
      } satisfies HttpFailure);
  reply.type('application/octet-stream');
  const { start, end } = range ?? { start: 0, end: bytes - 1 };
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${bytes}`);
  reply.header('content-length', end - start + 1);
  if (request.method === 'HEAD' || bytes === 0) return await reply.send();
  return await reply.send(createReadStream(path, { start, end, highWaterMark: 256 * 1024 }));
}

/** One range of bytes (RFC 9110, 14.1.2). Several, or another unit: undefined, for which the whole file is an answer. */
function parseRange(
  header: string | undefined,
  bytes: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const groups = /^bytes=(?<from>\d*)-(?<to>\d*)$/.exec(header ?? '')?.groups;
  const { from = '', to = '' } = groups ?? {};
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  return start >= bytes ? 'unsatisfiable' : { start, end };
}

function absent(name: string): HttpFailure {
  return {
    code: 'not-found',
    message: `there is no artifact ${name.slice(0, 80)} in the store`,
    hint: 'the coordinator fetches artifacts within a run: vhive-coord up',
  };
}
