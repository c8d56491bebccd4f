import { openAuthority } from '../trust/authority.ts';
import { openJoinTokens } from '../trust/join-tokens.ts';
import type { TokenStore } from './options.ts';

/** The join tokens on the files of a state directory, whose CA is made where there is none yet. Needs no coordinator. */
export async function openTokens({ stateDir, cluster }: { stateDir: string; cluster: string }): Promise<TokenStore> {
  const { caFingerprint } = await openAuthority({ stateDir, cluster });
  return await openJoinTokens({ stateDir, caFingerprint });
}
