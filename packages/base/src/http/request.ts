import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { defined } from '@vhive/shared';

/** What is asked of an HTTP server. */
export interface HttpRequest {
  /** Default GET. */
  method?: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of `body`. The source is destroyed in any case. */
  stream?: { source: Readable; bytes: number };
  /** A connection on which no byte moves for this long is given up, milliseconds. */
  idleMs: number;
  /** Ends the request, and the reading of its answer. */
  signal?: AbortSignal | undefined;
}

/**
 * Sends a request and resolves with the head of the answer, whatever its status; the caller reads the body, or lets go
 * of it with `resume()` or `destroy()`. Follows no redirects. Rejects when the network fails or nothing moves for too
 * long; once the head has come, whoever reads the body hears of that.
 *
 * @param agent whose connections are used; it also decides which certificates are trusted
 */
export function sendRequest(
  url: URL,
  { method = 'GET', headers, body, stream, idleMs, signal }: HttpRequest,
  agent: http.Agent,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const { request } = url.protocol === 'https:' ? https : http;
  let answer: IncomingMessage | undefined;
  const outgoing = request(url, {
    method,
    agent,
    headers: {
      ...headers,
      ...(payload ? { 'content-type': 'application/json', 'content-length': payload.byteLength } : {}),
      ...(stream ? { 'content-length': stream.bytes } : {}),
    },
    ...defined({ signal }),
  });
  outgoing.setTimeout(idleMs, () => (answer ?? outgoing).destroy(new Error(`no data for ${idleMs / 1000} s`)));
  outgoing.on('error', reject);
  outgoing.once('response', (received) => {
    answer = received;
    resolve(received);
  });
  if (!stream) outgoing.end(payload);
  else
    pipeline(stream.source, outgoing, (error) => {
      // An answer may come before all is sent: a refusal. It is worth more than the break of the rest.
      if (error) reject(error);
    });
  return promise;
}
