import { generateKeyPairSync } from 'node:crypto';

/** Makes a private key as `geni-get key` of CloudLab gives it: RSA, as PEM of PKCS #1. */
export function newExperimentKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** The key that the nodes of one experiment share. */
export const experimentKey = newExperimentKey();
