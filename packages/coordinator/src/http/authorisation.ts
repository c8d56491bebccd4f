import { type EnrolRequest, VhiveError } from '@vhive/shared';
import { inNetwork } from '../nodes/node-address.ts';
import type { JoinTokens, TokenVerdict } from '../trust/join-tokens.ts';
import { HttpError } from './http-error.ts';

/** The reason why an agent may enrol without an operator's approval. `bound` tokens are for its node alone. */
export type Authorisation =
  | { by: 'token'; id: string; bound: boolean }
  | { by: 'network'; cidr: string }
  | { by: 'nothing' };

/** Checks the join token when there is one (throws 401 or 403 when it is not valid), otherwise the address. */
export async function authorise(
  { token, node, publicKey }: Pick<EnrolRequest, 'token' | 'node' | 'publicKey'>,
  address: string,
  tokens: Pick<JoinTokens, 'verify'>,
  trustNetworks: readonly string[],
): Promise<Authorisation> {
  if (token !== undefined) {
    const verdict = await tokens.verify(token, { node, publicKey });
    if (verdict.valid) return { by: 'token', id: verdict.id, bound: verdict.bound };
    throw refusal(verdict);
  }
  const cidr = trustNetworks.find((network) => inNetwork(address, network));
  return cidr === undefined ? { by: 'nothing' } : { by: 'network', cidr };
}

function refusal(verdict: Exclude<TokenVerdict, { valid: true }>): VhiveError {
  const hint = 'make a new one on the coordinator: vhive-coord token create';
  if (verdict.reason === 'unknown')
    return new HttpError('not-known', { message: 'the coordinator does not know this join token', hint });
  return new VhiveError({ code: 'refused', message: `the join token ${verdict.id} ${reasonOf(verdict)}`, hint });
}

function reasonOf(verdict: Exclude<TokenVerdict, { valid: true } | { reason: 'unknown' }>): string {
  switch (verdict.reason) {
    case 'expired':
      return 'has expired';
    case 'revoked':
      return 'was revoked';
    case 'spent':
      return 'is for one enrolment, and an agent with another key has enrolled with it';
    case 'other-node':
      return `is for node ${verdict.node} alone`;
  }
}
