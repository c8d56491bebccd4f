import { createHash, X509Certificate } from 'node:crypto';

/** `sha256:<hex>` of the certificate's SubjectPublicKeyInfo: what `kubeadm join --discovery-token-ca-cert-hash` takes. */
export function caCertHash(pem: string | Buffer): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
