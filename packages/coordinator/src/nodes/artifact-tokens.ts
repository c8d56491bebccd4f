import { createHash, randomBytes } from 'node:crypto';

/**
 * Tells which node holds which artifact token. Only hashes are kept. A fast hash is enough, because the tokens have 256
 * random bits.
 */
export interface ArtifactTokens {
  /**
   * Makes a new token for a node and returns it with the hash to store. The former token of the node, whose hash is
   * `oldHash`, becomes useless.
   */
  issue(node: string, oldHash: string | null): { token: string; hash: string };
  /** Takes in a hash that was stored earlier. */
  restore(node: string, hash: string | null): void;
  revoke(hash: string | null): void;
  nodeOf(token: string): string | undefined;
}

/** Makes an empty set of artifact tokens. */
export function artifactTokens(): ArtifactTokens {
  const holders = new Map<string, string>();
  return {
    issue(node, oldHash) {
      if (oldHash !== null) holders.delete(oldHash);
      const token = randomBytes(32).toString('base64url');
      const hash = hashOf(token);
      holders.set(hash, node);
      return { token, hash };
    },
    restore(node, hash) {
      if (hash !== null) holders.set(hash, node);
    },
    revoke(hash) {
      if (hash !== null) holders.delete(hash);
    },
    nodeOf: (token) => holders.get(hashOf(token)),
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
