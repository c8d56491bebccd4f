import type { IncomingMessage } from 'node:http';
import type { Agent, RequestOptions } from 'node:https';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { VhiveError } from '@vhive/shared';
import { failureOfAnswer, unreachableError } from './failure.ts';

/** How to reach one coordinator. */
export interface Endpoint {
  /** `https://host:port`. */
  url: string;
  /** Operator token. Secret. */
  token: string;
  /** CA certificate, PEM: the only one trusted. */
  ca: string;
}

/** One HTTP request; `body` is sent as JSON. */
export interface CoordinatorRequest {
  method: string;
  /** Path with query, from the root. */
  path: string;
  body?: unknown;
  /** Silence of this many milliseconds ends the request. Default 60 s. */
  idleLimitMs?: number;
  signal?: AbortSignal | undefined;
}

/** Sends a request and resolves with the answer's head once it is a 2xx; everything else is thrown as a VhiveError. */
export async function send(endpoint: Endpoint, agent: Agent, request: CoordinatorRequest): Promise<IncomingMessage> {
  const answer = await answerOf(endpoint, agent, request);
  const status = answer.statusCode ?? 0;
  if (status >= 200 && status < 300) return answer;
  throw failureOfAnswer(status, await text(answer), request);
}

async function answerOf(endpoint: Endpoint, agent: Agent, request: CoordinatorRequest): Promise<IncomingMessage> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const idleLimitMs = request.idleLimitMs ?? 60_000;
  const options: RequestOptions = {
    agent,
    ca: endpoint.ca,
    method: request.method,
    timeout: idleLimitMs,
    headers: {
      authorization: `Bearer ${endpoint.token}`,
      accept: 'application/json, application/x-ndjson',
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body).toString() }),
    },
    ...(request.signal ? { signal: request.signal } : {}),
  };
  try {
    return await new Promise((resolve, reject) => {
      const outgoing = httpsRequest(new URL(request.path, endpoint.url), options, resolve);
      outgoing.once('error', reject);
      outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer for ${idleLimitMs / 1000} s`)));
      outgoing.end(body);
    });
  } catch (cause) {
    if (request.signal?.aborted && request.signal.reason instanceof VhiveError) throw request.signal.reason;
    throw unreachableError(endpoint.url, cause);
  }
}
