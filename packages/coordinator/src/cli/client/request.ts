import type { IncomingMessage } from 'node:http';
import type { Agent } from 'node:https';
import { text } from 'node:stream/consumers';
import { sendRequest } from '@vhive/base/http/request';
import { VhiveError } from '@vhive/shared';
import { failureOfAnswer, unreachableError } from './failure.ts';

/** How to reach one coordinator. */
export interface Endpoint {
  /** The address, `https://host:port`. */
  url: string;
  /** The operator token, which is secret. */
  token: string;
  /** The CA certificate, PEM. It is the only one that is trusted. */
  ca: string;
}

/** One HTTP request. `body` is sent as JSON. */
export interface CoordinatorRequest {
  method: string;
  /** The path with its query, from the root. */
  path: string;
  body?: unknown;
  /** Silence of this many milliseconds ends the request; default 60 s. */
  idleLimitMs?: number;
  signal?: AbortSignal | undefined;
}

/** Sends a request and resolves with the answer's head once it is a 2xx. Everything else is thrown as a VhiveError. */
export async function send(endpoint: Endpoint, agent: Agent, request: CoordinatorRequest): Promise<IncomingMessage> {
  const answer = await answerOf(endpoint, agent, request);
  const status = answer.statusCode ?? 0;
  if (status >= 200 && status < 300) return answer;
  throw failureOfAnswer(status, await text(answer), request);
}

async function answerOf(endpoint: Endpoint, agent: Agent, request: CoordinatorRequest): Promise<IncomingMessage> {
  const { method, body, signal, idleLimitMs = 60_000 } = request;
  const headers = { authorization: `Bearer ${endpoint.token}`, accept: 'application/json, application/x-ndjson' };
  try {
    const url = new URL(request.path, endpoint.url);
    return await sendRequest(url, { method, headers, body, signal, idleMs: idleLimitMs }, agent);
  } catch (cause) {
    if (request.signal?.aborted && request.signal.reason instanceof VhiveError) throw request.signal.reason;
    throw unreachableError(endpoint.url, cause);
  }
}
