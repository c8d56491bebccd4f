import http from 'node:http';
import https from 'node:https';
import { type HttpRequest, sendRequest } from '@vhive/base/http/request';
import { VhiveError } from '@vhive/shared';

const MOST_REDIRECTS = 10;

/** The connections through HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment, where these are set. */
let agents: { http: http.Agent; https: https.Agent } | undefined;
function agentOf(protocol: string): http.Agent {
  agents ??= {
    http: new http.Agent({ keepAlive: true, proxyEnv: process.env }),
    https: new https.Agent({ keepAlive: true, proxyEnv: process.env }),
  };
  return protocol === 'https:' ? agents.https : agents.http;
}

/** A request for a file. */
export type FileRequest = Pick<HttpRequest, 'headers' | 'idleMs' | 'signal'> & { method?: 'GET' | 'HEAD' };

/**
 * Sends a GET (or HEAD) and follows redirects. Resolves with the head of the answer, whose body is not read yet.
 * Rejects on network errors.
 */
export async function httpGet(url: string, request: FileRequest): Promise<http.IncomingMessage> {
  let target = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const headers = { 'accept-encoding': 'identity', ...request.headers };
    const answer = await sendRequest(target, { ...request, headers }, agentOf(target.protocol));
    const { statusCode = 0 } = answer;
    if (![301, 302, 303, 307, 308].includes(statusCode) || answer.headers.location === undefined) return answer;
    answer.resume();
    const next = new URL(answer.headers.location, target);
    if (target.protocol === 'https:' && next.protocol !== 'https:')
      throw new VhiveError({
        code: 'refused',
        message: `${url} leads to the unprotected address ${next.href}: not followed`,
      });
    target = next;
  }
  throw new VhiveError({ code: 'usage', message: `${url} leads to more than ${MOST_REDIRECTS} redirects` });
}
