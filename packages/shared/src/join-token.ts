import { VhiveError } from './errors.ts';

/** A join token, by which an agent joins a cluster of ours, in its parts. */
export interface JoinToken {
  /** The SHA-256 of the CA certificate (DER) in hex, which authenticates the coordinator to the agent. */
  caFingerprint: string;
  /** The name of the token in listings, which is not secret. */
  id: string;
  /** The secret that authenticates the agent to the coordinator. */
  secret: string;
}

const pattern = /^([0-9a-f]{64})\.([a-z0-9]{8})\.([a-z0-9]{32})$/;

/**
 * Reads a token of the form `<ca fingerprint>.<id>.<secret>`. Throws a VhiveError `usage`, which never repeats the
 * secret.
 */
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

/** Writes a token in the form that {@link parseJoinToken} reads. */
export function formatJoinToken(token: JoinToken): string {
  return `${token.caFingerprint}.${token.id}.${token.secret}`;
}
