import type { JoinTokens } from '../trust/join-tokens.ts';
import type { Operations } from './operations.ts';

/** The operations on join tokens. */
export function tokenOperations(tokens: JoinTokens): Pick<Operations, 'tokens' | 'createToken' | 'revokeToken'> {
  return {
    tokens: () => tokens.list(),
    createToken: (request) => tokens.create(request),
    async revokeToken({ id }) {
      await tokens.revoke(id);
    },
  };
}
