import { VhiveError } from './errors.ts';

/** A parsed join token. */
export interface JoinToken {
  /** SHA-256 of the CA certificate (DER), hex: authenticates the coordinator to the agent. */
  caFingerprint: string;
  /** Names the token in listings; not secret. */
  id: string;
  /** Authenticates the agent to the coordinator. Secret. */
  secret: string;
}

const pattern = /^([0-9a-f]{64})\.([a-z0-9]{8})\.([a-z0-9]{32})$/;

/** Reads `<ca fingerprint>.<id>.<secret>`. Throws a usage error that never repeats the secret. */
export function parseJoinToken(text: string): JoinToken {
  const match = pattern.exec(text.trim());
  if (!match?.[1] || !match[2] || !match[3])
    throw new VhiveError({
      code: 'usage',
      message: 'the join token is not of the form <64 hex digits>.<8 characters>.<32 characters>',
      hint: 'make one on the coordinator: vhive-coord token create',
    });
  return { caFingerprint: match[1], id: match[2], secret: match[3] };
}

/** The inverse of {@link parseJoinToken}. */
export function formatJoinToken(token: JoinToken): string {
  return `${token.caFingerprint}.${token.id}.${token.secret}`;
}
