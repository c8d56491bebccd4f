import { catalogue } from '@vhive/core/versions/catalogue';
import { messageOf, type Plan } from '@vhive/shared';
import { httpGet } from '../sources/http-get.ts';
import { needsOf } from './plan-needs.ts';

/** How long all publishers together have to answer, in milliseconds. */
const LIMIT_MS = 5_000;

/** The registry of Kubernetes' images, which stands for all registries. */
const registryAddress = `https://registry.k8s.io/v2/kube-apiserver/manifests/v${catalogue.kubernetes.version}`;

/** Whether publishers can be reached, and what each of them answered, in words. */
export interface PublishersAnswer {
  answer: boolean;
  said: string;
}

/**
 * Asks every publisher from whom plans take a file for one of them, and an image registry, all at once and for the head
 * alone. A publisher who says that he does not have the file answers too: the pull tells which one that is. A server that
 * refuses or wants a login is most likely a proxy that stands in the way.
 */
export async function askPublishers(plans: readonly Plan[], signal: AbortSignal): Promise<PublishersAnswer> {
  const files = plans.flatMap((plan) => needsOf(plan).files).map(({ url }) => url);
  const byHost = new Map([...files, registryAddress].map((url) => [new URL(url).host, url]));
  const within = AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
  const asked = [...byHost].toSorted().map(async ([host, url]) => ({ host, problem: await problemOf(url, within) }));
  const hosts = await Promise.all(asked);
  signal.throwIfAborted();
  const silent = hosts.filter(({ problem }) => problem !== undefined);
  if (silent.length === 0) return { answer: true, said: hosts.map(({ host }) => host).join(', ') };
  return { answer: false, said: silent.map(({ host, problem }) => `${host}: ${problem}`).join('; ') };
}

/** Returns why a publisher does not count as answering; undefined when he does. */
async function problemOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { statusCode = 0 } = (await httpGet(url, { method: 'HEAD', signal, idleMs: LIMIT_MS })).resume();
    const isRegistry = url === registryAddress;
    if ((statusCode >= 200 && statusCode < 300) || statusCode === 404 || statusCode === 410) return undefined;
    // Registries let anybody in who has first asked for a token.
    return isRegistry && statusCode === 401 ? undefined : `status ${statusCode}`;
  } catch (error) {
    return signal.aborted ? `no answer within ${LIMIT_MS / 1000} s` : messageOf(error);
  }
}
