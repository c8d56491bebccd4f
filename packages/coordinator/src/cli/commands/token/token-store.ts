import type { CoordinatorOptions, TokenStore } from '../../../assembly/options.ts';
import { createClient } from '../../client/client.ts';
import { runningEndpoint } from '../../connect.ts';
import type { CliHooks } from '../../hooks.ts';

/**
 * Works with the join tokens of a state directory: through the running coordinator, or on its files when none runs. The
 * files need no NATS, and the cluster's CA is made where there is none yet.
 */
export async function withTokens<T>(
  { stateDir, cluster }: CoordinatorOptions,
  { openTokens }: Pick<CliHooks, 'openTokens'>,
  work: (tokens: TokenStore) => Promise<T>,
): Promise<T> {
  const running = await runningEndpoint(stateDir);
  if (!running) return await work(await openTokens({ stateDir, cluster }));
  const client = createClient(running);
  try {
    return await work({
      create: (request) => client.createToken(request),
      list: () => client.tokens(),
      revoke: (id) => client.revokeToken({ id }),
    });
  } finally {
    client.close();
  }
}
