import { connectCluster } from '../../../functions/connect.ts';
import { type WatchedReadiness, watchReadiness } from '../../../functions/watch-readiness.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';

/** Where no kubeconfig is named, an API server has so many milliseconds to answer. */
const UNASKED_MS = 3_000;

/**
 * Watches the pods of endpoints, which says which calls meet a cold start. Without `--kubeconfig` they are watched where a
 * kubeconfig file is found and its API server answers, else it is not known. Rejects where one is named that is of no use.
 */
export async function watchPods(
  hosts: readonly string[],
  { kubeconfig }: Pick<Flags<'invoke'>, 'kubeconfig'>,
  { env }: Pick<CliIo, 'env'>,
  signal: AbortSignal,
): Promise<WatchedReadiness | undefined> {
  const limited = kubeconfig === undefined ? AbortSignal.any([signal, AbortSignal.timeout(UNASKED_MS)]) : signal;
  try {
    const { api } = await connectCluster({ kubeconfig }, env, limited);
    return await watchReadiness(api, hosts, limited);
  } catch (error) {
    signal.throwIfAborted();
    if (kubeconfig !== undefined) throw error;
    return undefined;
  }
}
