import { createHash, X509Certificate } from 'node:crypto';
import { connect, type PeerCertificate } from 'node:tls';
import { VhiveError } from '@vhive/shared';
import { type CoordinatorAddress, formatCoordinatorAddress } from './coordinator-address.ts';

/** Returns the SHA-256 of a certificate's DER form in lower-case hex. */
export function fingerprintOf(certificate: X509Certificate | string): string {
  const { raw } = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate;
  return createHash('sha256').update(raw).digest('hex');
}

/**
 * Asks a coordinator for its CA certificate, which is the self-signed end of the chain that it presents. The request is
 * only a TLS handshake, so that a wrong server learns nothing. The answer proves nothing either: compare its
 * fingerprint with that of the join token, and then connect again with this CA as the only trusted one.
 */
export async function fetchCertificateAuthority(
  address: CoordinatorAddress,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: address.host, port: address.port, rejectUnauthorized: false });
  const onAbort = () => socket.destroy(options.signal?.reason);
  options.signal?.addEventListener('abort', onAbort, { once: true });
  socket.setTimeout(options.timeoutMs, () => socket.destroy(new Error('no answer to the TLS handshake')));
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('the connection was closed during the TLS handshake')));
  socket.once('secureConnect', () => {
    const root = selfSigned(socket.getPeerCertificate(true));
    if (root) resolve(new X509Certificate(root).toString());
    else
      reject(
        new VhiveError({
          code: 'refused',
          message: `the server at ${formatCoordinatorAddress(address)} does not present a CA certificate: it is no vHive coordinator`,
          hint: 'check the address and port given with --coordinator',
        }),
      );
  });
  try {
    return await promise;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

function selfSigned(leaf: PeerCertificate & { issuerCertificate?: unknown }): Buffer | undefined {
  let certificate = leaf as PeerCertificate & { issuerCertificate?: typeof leaf };
  for (let depth = 0; depth < 8 && certificate?.raw; depth++) {
    const issuer = certificate.issuerCertificate as typeof certificate | undefined;
    if (issuer === undefined || issuer.raw === undefined) return undefined;
    if (issuer.raw.equals(certificate.raw)) return certificate.raw;
    certificate = issuer;
  }
  return undefined;
}
