import { createCurve, fromCurveSeed } from '@nats-io/nkeys';
import { VhiveError } from '@vhive/shared';
import type { Secrets } from '../../executor/ports.ts';

/** Makes the seed (`SX...`) of a new curve key. */
export function createSealingSeed(): string {
  return Buffer.from(createCurve().getSeed()).toString();
}

/** Returns the public curve key (`X...`) of a seed. */
export function sealingKeyOf(seed: string): string {
  return fromCurveSeed(Buffer.from(seed)).getPublicKey();
}

/**
 * Seals and opens secrets with this agent's curve key. The seed is asked for each time, because it changes when the
 * agent is removed and enrols again.
 */
export function createSecrets(seed: () => string): Secrets {
  const pair = () => fromCurveSeed(Buffer.from(seed()));
  return {
    seal(recipient, secret) {
      const box = pair().seal(Buffer.from(secret), recipient);
      return { sealed: Buffer.from(box).toString('base64'), from: pair().getPublicKey() };
    },
    open({ sealed, from }) {
      const opened = openBox(pair(), Buffer.from(sealed, 'base64'), from);
      if (!opened)
        throw new VhiveError({
          code: 'refused',
          // A further attempt gets a new secret, sealed with the key that this agent has by then.
          permanent: false,
          message: 'a secret cannot be opened: it was sealed for another agent, or changed on its way',
        });
      return Buffer.from(opened).toString();
    },
  };
}

function openBox(pair: ReturnType<typeof fromCurveSeed>, box: Uint8Array, from: string): Uint8Array | null {
  try {
    return pair.open(box, from);
  } catch {
    return null;
  }
}
