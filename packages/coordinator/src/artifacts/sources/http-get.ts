import http from 'node:http';
import https from 'node:https';
import { type HttpRequest, sendRequest } from '@vhive/base/http/request';
import { VhiveError } from '@vhive/shared';
import { proxyOf } from './proxy.ts';

const MOST_REDIRECTS = 10;

/** The connections, by protocol and by the proxy that they go through. */
const agents = new Map<string, http.Agent>();
function agentOf(protocol: string, proxy: string | undefined): http.Agent {
  const name = `${protocol} ${proxy ?? ''}`;
  const proxyEnv = proxy === undefined ? {} : { HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  const Agent = protocol === 'https:' ? https.Agent : http.Agent;
  const agent = agents.get(name) ?? new Agent({ keepAlive: true, proxyEnv });
  agents.set(name, agent);
  return agent;
}

/** A request for a file. */
export type FileRequest = Pick<HttpRequest, 'headers' | 'idleMs' | 'signal'> & {
  method?: 'GET' | 'HEAD';
  /** Whether the host of the URL is asked directly, whatever proxy the environment names: a mirror is near. */
  direct?: boolean | undefined;
};

/**
 * Sends a GET (or HEAD) and follows redirects. Resolves with the head of the answer, whose body is not read yet.
 * Rejects on network errors.
 */
export async function httpGet(url: string, request: FileRequest): Promise<http.IncomingMessage> {
  let target = new URL(url);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const headers = { 'accept-encoding': 'identity', ...request.headers };
    const near = request.direct === true && target.host === new URL(url).host;
    const proxy = near ? undefined : proxyOf(target)?.address;
    const answer = await sendRequest(target, { ...request, headers }, agentOf(target.protocol, proxy));
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
