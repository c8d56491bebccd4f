import { readImageReference, VhiveError } from '@vhive/shared';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Blob, ImageRegistry, NamedRepository, Repository } from '../../artifacts/registry/image-registry.ts';
import { statusOf } from '../error-handler.ts';
import { parseRange } from './byte-range.ts';

/** What the routes of the image registry need. */
export interface ImageRegistryRoutes {
  registry: Pick<ImageRegistry, 'manifest' | 'blob'>;
  /** Whether a node of the cluster has this address. Only nodes are answered. */
  isNodeAddress(address: string): boolean | Promise<boolean>;
}

/** What a path of the protocol names. */
type Wanted = { ref: string } & (
  | { repository: Repository; manifest: { tag: string } | { digest: string } }
  | { repository: NamedRepository; blob: string }
);

const PATH = /^(?<repository>.+)\/(?<kind>manifests|blobs)\/(?<reference>[^/]+)$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** Stands in messages for a registry that the path does not name. */
const UNNAMED = 'any.registry';
/** The longest reason that is said in the first line of an answer, in characters. */
const LONGEST_REASON = 400;

/**
 * Serves container images as a registry, for reading only, by the protocol that containerd speaks
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md). containerd names the registry that it means by
 * `?ns=<registry>`; the stargz snapshotter, which asks for layers alone, names none. containerd keeps of a failure no more
 * than the first line of the answer, and the kubelet shows that to people: so the reason stands in that line. "Not found"
 * it would drop, so an image that is not in the mirror is answered with 403. It then asks the image's publisher, as after
 * a 404.
 */
export function serveImageRegistry(app: FastifyInstance, { registry, isNodeAddress }: ImageRegistryRoutes): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('docker-distribution-api-version', 'registry/2.0');
    if (!(await isNodeAddress(request.ip)))
      return await refuse(reply, 403, 'DENIED', `${request.ip} is the address of no node of this cluster`);
    return undefined;
  });

  app.get('/v2/', async (_request, reply) => await reply.send({}));
  app.route({
    method: ['GET', 'HEAD'],
    url: '/v2/*',
    handler: async (request, reply) => {
      const { '*': path = '' } = request.params as { '*'?: string };
      const wanted = wantedBy(path, (request.query as { ns?: unknown }).ns);
      if (wanted === undefined)
        return await refuse(reply, 404, 'NAME_INVALID', 'the path or ?ns=<registry> names no image');
      try {
        return await answer(wanted, request, reply);
      } catch (error) {
        if (!(error instanceof VhiveError)) throw error;
        request.log.warn({ image: wanted.ref }, error.message);
        const hint = error.hint === undefined ? '' : ` (${error.hint})`;
        return await refuse(reply, statusOf(error), 'UNAVAILABLE', `${error.message}${hint}`);
      }
    },
  });

  async function answer(wanted: Wanted, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { ref } = wanted;
    if ('blob' in wanted) {
      const blob = await registry.blob(wanted.repository, wanted.blob);
      if (blob === undefined) return await refuse(reply, 404, 'BLOB_UNKNOWN', `no image here has ${wanted.blob}`);
      return await sendBlob(blob, wanted.blob, request, reply);
    }
    const manifest = await registry.manifest(wanted.repository, wanted.manifest);
    if (manifest === undefined)
      return await refuse(
        reply,
        403,
        'DENIED',
        `${ref} is not in the mirror tree: add it to images.preload of the cluster file and type vhive-coord mirror pull --to <mirror tree>`,
      );
    reply.headers({ 'docker-content-digest': manifest.digest, 'content-length': manifest.bytes.length });
    reply.type(manifest.mediaType);
    return await (request.method === 'HEAD' ? reply.send() : reply.send(manifest.bytes));
  }
}

/** Reads a path below `/v2/`. Everything that is not a plain name is refused, so nothing leads out of the mirror tree. */
function wantedBy(path: string, ns: unknown): Wanted | undefined {
  const { repository = '', kind, reference = '' } = PATH.exec(path)?.groups ?? {};
  const registry = ns === undefined && kind === 'blobs' ? UNNAMED : ns;
  if (typeof registry !== 'string' || kind === undefined) return undefined;
  const byDigest = reference.includes(':');
  if (byDigest ? !DIGEST.test(reference) : kind === 'blobs') return undefined;
  const ref = `${registry}/${repository}${byDigest ? '@' : ':'}${reference}`;
  const parsed = readImageReference(ref);
  if (parsed?.registry !== registry || parsed.repository !== repository) return undefined;
  if (kind === 'blobs')
    return { ref, repository: ns === undefined ? { repository } : { registry, repository }, blob: reference };
  return { ref, repository: { registry, repository }, manifest: byDigest ? { digest: reference } : { tag: reference } };
}

async function sendBlob(
  blob: Blob,
  digest: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { size } = blob;
  const range = parseRange(request.headers.range, size);
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${size}`);
    return await refuse(reply, 416, 'RANGE_INVALID', `the content has ${size} bytes`);
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${size}`);
  reply.headers({ 'accept-ranges': 'bytes', 'docker-content-digest': digest, 'content-length': end - start + 1 });
  reply.type('application/octet-stream');
  if (request.method === 'HEAD' || size === 0) return await reply.send();
  if ('bytes' in blob) return await reply.send(blob.bytes.subarray(start, end + 1));
  const file = await blob.open();
  const part = { start: blob.offset + start, end: blob.offset + end, highWaterMark: 256 * 1024 };
  return await reply.send(file.createReadStream(part));
}

/** Answers with a failure as the protocol wants it, and with its message in the first line too. */
async function refuse(reply: FastifyReply, status: number, code: string, message: string): Promise<FastifyReply> {
  reply.raw.statusMessage = message.replaceAll(/[^\x20-\x7e]+/g, '?').slice(0, LONGEST_REASON);
  return await reply.code(status).send({ errors: [{ code, message }] });
}
