import { createCurve } from '@nats-io/nkeys';
import type { NodeView, SealedSecret } from '@vhive/shared';
import type { Credentials } from './docker-config.ts';

/**
 * Seals credentials for a node with a key that is forgotten at once. Whatever stores or passes on a job holds no more than
 * the box, which only the agent of that node can open.
 */
export function sealFor({ sealingKey }: Pick<NodeView, 'sealingKey'>, { user, secret }: Credentials): SealedSecret {
  const pair = createCurve();
  try {
    const box = pair.seal(Buffer.from(`${user}:${secret}`), sealingKey);
    return { sealed: Buffer.from(box).toString('base64'), from: pair.getPublicKey() };
  } finally {
    pair.clear();
  }
}
