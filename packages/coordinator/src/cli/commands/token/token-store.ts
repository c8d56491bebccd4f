import type { TokenView } from '@vhive/shared';
import { openAuthority } from '../../../trust/authority.ts';
import { openJoinTokens } from '../../../trust/join-tokens.ts';
import { createClient } from '../../client/client.ts';
import { runningEndpoint } from '../../connect.ts';
import type { CoordinatorOptions } from '../../hooks.ts';

/** Join tokens, wherever they are kept. */
export interface TokenStore {
  create(request: { ttlSeconds: number; description: string }): Promise<{ token: string; view: TokenView }>;
  list(): Promise<TokenView[]>;
  revoke(id: string): Promise<unknown>;
}

/**
 * Works with the tokens of a state directory: through the running coordinator, else on its files, which needs no NATS
 * and makes the cluster's CA where there is none yet.
 */
export async function withTokens<T>(options: CoordinatorOptions, work: (tokens: TokenStore) => Promise<T>): Promise<T> {
  const { stateDir, cluster } = options;
  const running = await runningEndpoint(stateDir);
  if (!running) {
    const { caFingerprint } = await openAuthority({ stateDir, cluster });
    return await work(await openJoinTokens({ stateDir, caFingerprint }));
  }
  const client = createClient(running);
  try {
    return await work({
      create: (request) => client.createToken(request),
      list: () => client.tokens(),
      revoke: (id) => client.revokeToken(id),
    });
  } finally {
    client.close();
  }
}
