import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { httpFailure, VhiveError } from '@vhive/shared';
import type { CoordinatorAddress } from '../enrolment/coordinator-address.ts';

/** A request to the coordinator. */
export interface HttpsRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of a body. Destroyed in any case. */
  stream?: { source: Readable; bytes: number };
  /** Without any byte for this long the request fails, milliseconds. */
  idleTimeoutMs: number;
  signal?: AbortSignal;
}

/** HTTPS to one coordinator, trusting its CA and no other. */
export interface HttpsClient {
  /** Resolves with the answer's head; the body is read by the caller. Rejects when there is no answer. */
  send(request: HttpsRequest): Promise<IncomingMessage>;
  close(): void;
}

/** Makes a client that keeps one connection open for a few seconds. */
export function createHttpsClient(address: CoordinatorAddress, ca: string): HttpsClient {
  const agent = new Agent({
    ca,
    keepAlive: true,
    maxSockets: 4,
    // This CA signs the servers of one coordinator and nothing else, so who holds a certificate of it is the
    // coordinator, by whatever name or forwarded address it was reached.
    checkServerIdentity: () => undefined,
  });
  return {
    async send({ method, path, headers = {}, body, stream, idleTimeoutMs, signal }) {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const outgoing = request({
        agent,
        host: address.host,
        port: address.port,
        method,
        path,
        headers: {
          ...headers,
          ...(payload ? { 'content-type': 'application/json', 'content-length': payload.byteLength } : {}),
          ...(stream ? { 'content-length': stream.bytes } : {}),
        },
        ...(signal ? { signal } : {}),
      });
      outgoing.setTimeout(idleTimeoutMs, () =>
        outgoing.destroy(new Error(`no answer within ${idleTimeoutMs / 1000} s`)),
      );
      outgoing.on('error', reject);
      outgoing.once('response', resolve);
      if (stream)
        pipeline(stream.source, outgoing, (error) => {
          // An answer may come before all is sent: a refusal. It is worth more than the break of the rest.
          if (error) reject(error);
        });
      else outgoing.end(payload);
      return promise;
    },
    close: () => agent.destroy(),
  };
}

/** Reads a JSON body of at most 1 MiB. Rejects when it is longer or not JSON. */
export async function readJson(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > 1024 * 1024) throw new Error('the answer is longer than 1 MiB');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** What the server says about a refusal, or its status line when it says nothing readable. */
export async function readRefusal(response: IncomingMessage): Promise<VhiveError> {
  const body = httpFailure.safeParse(await readJson(response).catch(() => undefined));
  const code = response.statusCode === 401 || response.statusCode === 403 ? 'refused' : 'unreachable';
  if (!body.success)
    return new VhiveError({ code, message: `the coordinator answered with HTTP ${response.statusCode}` });
  return new VhiveError({ code, message: body.data.message, hint: body.data.hint });
}
