import type { IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { defined, messageOf } from '@vhive/shared';
import { KubernetesError } from './kubernetes-error.ts';

/** One request to the API server. */
export interface ApiRequest {
  method?: 'GET' | 'PATCH' | 'DELETE';
  /** The path, with the leading slash. */
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  contentType?: string;
  /** The wanted form of the answer; by default plain JSON. */
  accept?: string;
  signal?: AbortSignal;
}

/** Sends requests to the API server in the way that the kubeconfig says. */
export interface KubernetesTransport {
  /** Returns the whole answer as text. Throws a {@link KubernetesError} for a status from 400 on. */
  text(request: ApiRequest): Promise<string>;
  /** Returns the answer parsed from JSON. */
  json(request: ApiRequest): Promise<unknown>;
  /** Returns the body as a stream, for watches. */
  stream(request: ApiRequest): Promise<IncomingMessage>;
}

/** An answer that takes longer than this many milliseconds counts as lost. Watches have no such limit. */
const ANSWER_LIMIT_MS = 60_000;

async function readAll(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

function refusal(status: number, text: string, what: string): KubernetesError {
  try {
    const body = JSON.parse(text) as { message?: string; reason?: string };
    if (body.message)
      return new KubernetesError(body.message, {
        status,
        ...defined({ reason: body.reason }),
      });
  } catch {
    // The body is not a Status object, because a proxy or a server that is starting up has answered.
  }
  return new KubernetesError(`${what}: HTTP ${status} ${text.trim().slice(0, 300)}`.trim(), { status });
}

/**
 * Makes the transport for a kubeconfig file. Objects are sent and received as plain JSON: the typed models of the
 * client library drop fields that they do not know, and a bootstrapper of many versions of Kubernetes must not lose
 * them. The library only takes care of the certificates, tokens and exec plugins of the kubeconfig.
 */
export async function createTransport(kubeconfig: string): Promise<KubernetesTransport> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new KubernetesError(`${kubeconfig} names no cluster`);
  const base = new URL(server);
  const security: RequestOptions = {};
  await config.applyToHTTPSOptions(security);

  function send(request: ApiRequest): Promise<IncomingMessage> {
    const method = request.method ?? 'GET';
    const query = request.query ? `?${new URLSearchParams(request.query)}` : '';
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          ...security,
          host: base.hostname,
          port: base.port || 443,
          method,
          path: `${base.pathname.replace(/\/$/, '')}${request.path}${query}`,
          headers: {
            ...(security.headers as Record<string, string> | undefined),
            accept: request.accept ?? 'application/json',
            ...(body === undefined
              ? {}
              : {
                  'content-type': request.contentType ?? 'application/json',
                  'content-length': Buffer.byteLength(body),
                }),
          },
          ...defined({ signal: request.signal }),
        },
        resolve,
      );
      outgoing.once('error', (error) =>
        reject(
          request.signal?.aborted
            ? request.signal.reason
            : new KubernetesError(`the API server ${server} cannot be reached: ${error.message}`, { cause: error }),
        ),
      );
      outgoing.end(body);
    });
  }

  async function answer(request: ApiRequest): Promise<IncomingMessage> {
    const response = await send(request);
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    throw refusal(status, await readAll(response), `${request.method ?? 'GET'} ${request.path}`);
  }

  async function text(request: ApiRequest): Promise<string> {
    const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const signal = request.signal ? AbortSignal.any([request.signal, limit]) : limit;
    try {
      return await readAll(await answer({ ...request, signal }));
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      if (limit.aborted)
        throw new KubernetesError(
          `the API server ${server} did not answer: timed out after ${ANSWER_LIMIT_MS / 1000} s`,
        );
      if (error instanceof KubernetesError) throw error;
      // This is an error such as "aborted", when the server was stopped while it answered.
      const why = `its answer broke off (${messageOf(error)})`;
      throw new KubernetesError(`the API server ${server} cannot be reached: ${why}`, { cause: error });
    }
  }

  return { text, json: async (request) => JSON.parse(await text(request)), stream: answer };
}
