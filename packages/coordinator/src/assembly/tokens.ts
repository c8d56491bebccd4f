import { openAuthority } from '../trust/authority.ts';
import { openJoinTokens } from '../trust/join-tokens.ts';
import type { TokenStore } from './options.ts';

/**
 * Opens the join tokens in the files of a state directory and makes the certificate authority there if it does not
 * exist yet. No coordinator needs to run.
 */
export async function openTokens({ stateDir, cluster }: { stateDir: string; cluster: string }): Promise<TokenStore> {
  const { caFingerprint } = await openAuthority({ stateDir, cluster });
  return await openJoinTokens({ stateDir, caFingerprint });
}
