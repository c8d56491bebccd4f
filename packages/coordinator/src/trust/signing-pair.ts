import { fromSeed, type KeyPair } from '@nats-io/nkeys';
import { nkeyFromSeed, verifySignature } from '@vhive/base/nkey/nkey';

/**
 * Makes an nkey pair that signs with the platform's Ed25519 and fits wherever the nkeys and jwt libraries take a
 * `KeyPair`. `seed` has the form that nkeys print (`SO...`, `SA...`, `SU...`). Throws when it is no seed.
 */
export function signingPair(seed: string): KeyPair {
  const library = fromSeed(new TextEncoder().encode(seed));
  const { publicKey, sign } = nkeyFromSeed(seed);
  let privateKey: Uint8Array | undefined;
  return {
    getPublicKey: () => publicKey,
    // The jwt library asks for the private key before every signature to be sure that there is one.
    getPrivateKey: () => (privateKey ??= library.getPrivateKey()),
    getSeed: () => library.getSeed(),
    sign: (input) => new Uint8Array(sign(input)),
    verify: (input, signature) => verifySignature(publicKey, input, signature),
    clear: () => library.clear(),
    seal: (input, recipient, nonce) => library.seal(input, recipient, nonce),
    open: (message, sender) => library.open(message, sender),
  };
}
