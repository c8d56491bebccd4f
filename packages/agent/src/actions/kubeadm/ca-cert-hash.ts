import { createHash, X509Certificate } from 'node:crypto';

/**
 * Returns the hash of a CA certificate in the form `sha256:<hex>` that `kubeadm join --discovery-token-ca-cert-hash`
 * takes. It is the hash of the certificate's SubjectPublicKeyInfo.
 */
export function caCertHash(pem: string | Buffer): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
