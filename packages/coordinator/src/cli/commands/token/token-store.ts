import type { CoordinatorOptions, TokenStore } from '../../../assembly/options.ts';
import { createClient } from '../../client/client.ts';
import { checkCluster, runningEndpoint } from '../../connect.ts';
import type { CliHooks } from '../../hooks.ts';

/**
 * Works with the join tokens of a state directory: through the running coordinator, or on its files when none runs. The
 * files need no NATS. Where there is no CA yet, it is made only when `existing` is false.
 */
export async function withTokens<T>(
  { stateDir, cluster }: CoordinatorOptions,
  { openTokens }: Pick<CliHooks, 'openTokens'>,
  work: (tokens: TokenStore) => Promise<T>,
  { existing = true } = {},
): Promise<T> {
  const running = await runningEndpoint(stateDir);
  if (!running) return await work(await openTokens({ stateDir, cluster, existing }));
  const client = createClient(running);
  try {
    if (cluster !== undefined) await checkCluster({ client }, cluster, stateDir);
    return await work({
      create: (request) => client.createToken(request),
      list: () => client.tokens(),
      revoke: (id) => client.revokeToken({ id }),
    });
  } finally {
    client.close();
  }
}
