import http from 'node:http';
import https from 'node:https';
import { VhiveError } from '@vhive/shared';

const MOST_REDIRECTS = 10;

/** Connections through HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment, where they are set. */
let agents: { http: http.Agent; https: https.Agent } | undefined;
function agentOf(protocol: string): http.Agent {
  agents ??= {
    http: new http.Agent({ keepAlive: true, proxyEnv: process.env }),
    https: new https.Agent({ keepAlive: true, proxyEnv: process.env }),
  };
  return protocol === 'https:' ? agents.https : agents.http;
}

/** A request for a file. */
export interface FileRequest {
  /** Default GET. */
  method?: 'GET' | 'HEAD';
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** A connection that is silent for this long is given up, milliseconds. */
  stallMs: number;
}

/** GET (or HEAD) with redirects followed; resolves with the head of the answer, its body not yet read. Rejects on network errors. */
export async function httpGet(url: string, request: FileRequest): Promise<http.IncomingMessage> {
  let target = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await send(target, request);
    const { statusCode = 0, headers } = answer;
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return answer;
    answer.resume();
    const next = new URL(headers.location, target);
    if (target.protocol === 'https:' && next.protocol !== 'https:')
      throw new VhiveError({
        code: 'refused',
        message: `${url} leads to the unprotected address ${next.href}: not followed`,
      });
    target = next;
  }
  throw new VhiveError({ code: 'usage', message: `${url} leads to more than ${MOST_REDIRECTS} redirects` });
}

function send(url: URL, { method = 'GET', headers, signal, stallMs }: FileRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const options = {
      method,
      agent: agentOf(url.protocol),
      signal,
      headers: { 'accept-encoding': 'identity', ...headers },
    };
    let answer: http.IncomingMessage | undefined;
    const sent = request(url, options, (received) => {
      answer = received;
      resolve(received);
    });
    // Whoever waits, for the head or for the body, hears why.
    sent.setTimeout(stallMs, () => (answer ?? sent).destroy(new Error(`no data for ${stallMs / 1000} s`)));
    sent.on('error', reject);
    sent.end();
  });
}
