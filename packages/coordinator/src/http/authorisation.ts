import { VhiveError } from '@vhive/shared';
import { inNetwork } from '../nodes/node-address.ts';
import type { JoinTokens, TokenVerdict } from '../trust/join-tokens.ts';
import { HttpError } from './http-error.ts';

/** The reason why an agent may enrol without an operator's approval. */
export type Authorisation = { by: 'token'; id: string } | { by: 'network'; cidr: string } | { by: 'nothing' };

/** Checks the join token when there is one (throws 401 or 403 when it is not valid), otherwise the address. */
export async function authorise(
  credential: string | undefined,
  address: string,
  tokens: Pick<JoinTokens, 'verify'>,
  trustNetworks: readonly string[],
): Promise<Authorisation> {
  if (credential !== undefined) {
    const verdict = await tokens.verify(credential);
    if (verdict.valid) return { by: 'token', id: verdict.id };
    throw refusal(verdict);
  }
  const cidr = trustNetworks.find((network) => inNetwork(address, network));
  return cidr === undefined ? { by: 'nothing' } : { by: 'network', cidr };
}

function refusal(verdict: Exclude<TokenVerdict, { valid: true }>): VhiveError {
  const hint = 'make a new one on the coordinator: vhive-coord token create';
  if (verdict.reason === 'unknown')
    return new HttpError('not-known', { message: 'the coordinator does not know this join token', hint });
  const message = `the join token ${verdict.id} ${verdict.reason === 'expired' ? 'has expired' : 'was revoked'}`;
  return new VhiveError({ code: 'refused', message, hint });
}
