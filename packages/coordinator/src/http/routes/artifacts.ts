import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { FILE_TYPE, type HttpFailure, httpRefusals, sha256, VhiveError } from '@vhive/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify';
import type { ArtifactStore, StoredArtifact } from '../../artifacts/store.ts';
import { HttpError } from '../http-error.ts';
import { parseRange } from './byte-range.ts';
import { diskRoom } from './disk-room.ts';
import { receiveArtifact, tooLarge } from './receive-artifact.ts';
import { type Exchange, serve } from './serve.ts';

/** The largest file that is taken in, in bytes. */
const MOST_BYTES = 2 * 1024 ** 3;

/** So many bytes stay free for the coordinator's own records, whatever agents send. */
const RESERVE_BYTES = 512 * 1024 ** 2;

/** The time limit of an upload, in milliseconds. A large file over a slow line needs that long. */
const UPLOAD_TIME_LIMIT_MS = 15 * 60_000;

/** What the routes need. */
export interface ArtifactRouteOptions {
  store: ArtifactStore;
  /**
   * Refuses requests that may not have artifacts, by throwing or replying. Without it, the plugin scope must refuse
   * them.
   */
  authorize?: onRequestAsyncHookHandler;
  /** Whether a node may put files into the store now. By default every node may that has artifacts at all. */
  mayPublish?: (node: string) => boolean;
  /** The largest file that is taken in, in bytes; default 2 GiB. */
  mostBytes?: number;
  /** The number of bytes that stay free on the disk; default 512 MiB. */
  reserveBytes?: number;
}

/**
 * A Fastify plugin with the routes of files, which are named by the hash of their content. Downloads take ranges, so
 * that one goes on where it broke off. Content never changes under its address, so everything may be cached for ever. A
 * file that an agent has made (`artifact.publish`) is taken in only while it does a step that makes files, and under its
 * own hash alone: see {@link receiveArtifact} for why that is safe.
 */
export async function serveArtifacts(app: FastifyInstance, options: ArtifactRouteOptions): Promise<void> {
  const { store, authorize, mayPublish = () => true, mostBytes = MOST_BYTES, reserveBytes = RESERVE_BYTES } = options;
  const room = diskRoom(store, reserveBytes);
  const authorized = authorize ? { onRequest: authorize } : {};
  const download = async (input: { sha256: string }, { request, reply }: Exchange) => {
    const wanted = sha256.safeParse(input.sha256);
    const found = wanted.success ? await store.find(wanted.data) : undefined;
    return found ? await send(request, reply, found) : await sendAbsent(reply, input.sha256);
  };
  serve(app, 'artifact', download, authorized);
  serve(app, 'artifactHead', download, authorized);

  // The body is handed on as it comes, because a file may be larger than memory. Its size is limited where it is read.
  app.addContentTypeParser(FILE_TYPE, (_request, body, done) => done(null, body));
  async function receive(hash: string, length: number, file: Readable): Promise<StoredArtifact> {
    const giveBack = await room.take(length);
    try {
      return await receiveArtifact(store, { sha256: hash, mostBytes }, file);
    } finally {
      giveBack();
    }
  }

  serve(
    app,
    'publishArtifact',
    async (input, { request, reply }) => {
      if (!mayPublish(request.agentNode))
        throw new VhiveError({ code: 'refused', message: `no step under way on ${request.agentNode} publishes files` });
      const wanted = sha256.safeParse(input.sha256);
      if (!wanted.success)
        throw new VhiveError({
          code: 'usage',
          message: 'an artifact is put under its SHA-256, in lower-case hex',
        });
      const length = Number(request.headers['content-length']);
      if (!Number.isSafeInteger(length))
        throw new HttpError('no-length', { message: 'say how long the file is: Content-Length' });
      if (length > mostBytes) throw tooLarge(mostBytes);
      const present = await store.find(wanted.data);
      const file = request.body as Readable;
      const stored = present ?? (await receive(wanted.data, length, file));
      void reply.code(present ? 200 : 201);
      return { sha256: stored.sha256, bytes: stored.bytes };
    },
    {
      ...authorized,
      config: {
        bodyTimeLimitMs: UPLOAD_TIME_LIMIT_MS,
        // A node publishes a few files per run. A node that sends many more must neither fill the disk nor keep the
        // others out.
        rateLimit: { max: 30, timeWindow: 60_000, keyGenerator: (request) => request.agentNode || request.ip },
      },
    },
  );
}

async function send(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, sha256, bytes }: StoredArtifact,
): Promise<FastifyReply> {
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
  if (range === 'unsatisfiable') {
    const { http, code } = httpRefusals['out-of-range'];
    reply.code(http).header('content-range', `bytes */${bytes}`);
    return await reply.send({ code, message: `the file has ${bytes} bytes` } satisfies HttpFailure);
  }
  reply.type(FILE_TYPE);
  const { start, end } = range ?? { start: 0, end: bytes - 1 };
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${bytes}`);
  reply.header('content-length', end - start + 1);
  if (request.method === 'HEAD' || bytes === 0) return await reply.send();
  return await reply.send(createReadStream(path, { start, end, highWaterMark: 256 * 1024 }));
}

async function sendAbsent(reply: FastifyReply, name: string): Promise<FastifyReply> {
  const { http, code } = httpRefusals['no-such-artifact'];
  return await reply.code(http).send({
    code,
    message: `there is no artifact ${name.slice(0, 80)} in the store`,
    hint: 'the coordinator fetches artifacts within a run: vhive-coord up',
  } satisfies HttpFailure);
}
