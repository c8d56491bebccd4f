import { VhiveError } from '@vhive/shared';
import { openAuthority } from '../trust/authority.ts';
import { openJoinTokens } from '../trust/join-tokens.ts';
import { isStateDirectory } from '../trust/state-directory.ts';
import { clusterName } from './cluster-name.ts';
import type { TokenStore } from './options.ts';

/**
 * Opens the join tokens in the files of a state directory. No coordinator needs to run. The certificate authority is made
 * there if it does not exist yet; with `existing` that is refused (code `unreachable`), and nothing is made.
 */
export async function openTokens(options: {
  stateDir: string;
  cluster?: string | undefined;
  existing?: boolean;
}): Promise<TokenStore> {
  const { stateDir } = options;
  if (options.existing && !(await isStateDirectory(stateDir)))
    throw new VhiveError({
      code: 'unreachable',
      message: `there are no join tokens: ${stateDir} holds the state of no coordinator`,
      hint: 'make one: vhive-coord token create; if the state is elsewhere, name it with --state-dir',
    });
  const { caFingerprint } = await openAuthority({ stateDir, cluster: await clusterName(options) });
  return await openJoinTokens({ stateDir, caFingerprint });
}
