import { createTransport } from './kubernetes-transport.ts';

/** Names the output of a container. */
export interface PodLogRequest {
  namespace: string;
  pod: string;
  container: string;
  /** How many of its last lines; without it, all. */
  tail?: number;
  /** Whether to go on with new lines until the container ends. */
  follow: boolean;
}

/** Reads what containers print. */
export interface PodLogs {
  /** Yields the lines of a container. Throws a KubernetesError where it has none yet, and the signal's reason. */
  lines(request: PodLogRequest, signal: AbortSignal): AsyncGenerator<string>;
}

/** Makes a reader of what containers print, from a kubeconfig file. */
export async function openPodLogs(kubeconfig: string): Promise<PodLogs> {
  const transport = await createTransport(kubeconfig);
  return {
    async *lines({ namespace, pod, container, tail, follow }, signal) {
      const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/log`;
      const query = {
        container,
        ...(follow ? { follow: 'true' } : {}),
        ...(tail === undefined ? {} : { tailLines: String(tail) }),
      };
      const stream = await transport.stream({ path, query, accept: '*/*', signal });
      try {
        stream.setEncoding('utf8');
        let rest = '';
        for await (const chunk of stream as AsyncIterable<string>) {
          const parts = (rest + chunk).split('\n');
          rest = parts.pop() ?? '';
          yield* parts;
        }
        if (rest !== '') yield rest;
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      } finally {
        stream.destroy();
      }
    },
  };
}
