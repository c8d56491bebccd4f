import 'reflect-metadata';
import {
  createHash,
  createPrivateKey,
  type KeyObject,
  X509Certificate as NodeCertificate,
  randomBytes,
  webcrypto,
} from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/**
 * Certificates are valid from this much earlier, in milliseconds, because a host whose clock is behind must accept a
 * certificate that was made a moment ago.
 */
const BACKDATE_MS = DAY_MS;

/** A certificate and its private key, both PEM. */
export interface CertificateAndKey {
  certPem: string;
  /** The private key, which is secret. */
  keyPem: string;
}

/**
 * Makes a certificate authority for `cluster`: EC P-256, valid for 10 years, and allowed to sign only leaf
 * certificates.
 */
export async function createCa(cluster: string): Promise<CertificateAndKey> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=vHive CA ${cluster} ${randomBytes(3).toString('hex')}`,
    notBefore: new Date(Date.now() - BACKDATE_MS),
    notAfter: new Date(Date.now() + 3650 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: certificate.toString('pem'), keyPem: await privateKeyPem(keys.privateKey) };
}

/**
 * Issues a server certificate for DNS names and addresses, valid for 2 years from `now`. `certPem` is the leaf followed
 * by the CA.
 */
export async function issueServerCertificate(
  ca: CertificateAndKey,
  names: readonly string[],
  now: Date = new Date(),
): Promise<CertificateAndKey> {
  const issuer = new x509.X509Certificate(ca.certPem);
  const der = x509.PemConverter.decodeFirst(ca.keyPem);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=vHive coordinator',
    issuer: issuer.subject,
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + 730 * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { certPem: `${leaf.toString('pem')}\n${ca.certPem}\n`, keyPem: await privateKeyPem(keys.privateKey) };
}

/** The SHA-256 of a certificate's DER form, in lower-case hex. Join tokens carry it. */
export function certificateFingerprint(certPem: string): string {
  return createHash('sha256').update(new NodeCertificate(certPem).raw).digest('hex');
}

/** The name of the cluster that a CA of {@link createCa} is for; undefined when the certificate is another. */
export function caCluster(certPem: string): string | undefined {
  return /^CN=vHive CA (\S+) [0-9a-f]{6}$/m.exec(new NodeCertificate(certPem).subject)?.[1];
}

/**
 * Returns whether the certificate is whole, has this private key, was issued by `caPem`, covers every name and is valid
 * for at least `days` more days.
 */
export function stillServes(
  { certPem, keyPem }: CertificateAndKey,
  caPem: string,
  names: readonly string[],
  days: number,
): boolean {
  const certificate = certificateOf(certPem);
  const key = privateKeyOf(keyPem);
  if (certificate === undefined || key === undefined) return false;
  return (
    certificate.checkPrivateKey(key) &&
    certificate.verify(new NodeCertificate(caPem).publicKey) &&
    Date.parse(certificate.validTo) - Date.now() > days * DAY_MS &&
    names.every((name) => (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined)
  );
}

function certificateOf(pem: string): NodeCertificate | undefined {
  try {
    return new NodeCertificate(pem);
  } catch {
    return undefined;
  }
}

function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** Makes a serial number of 16 random bytes. It is positive, as RFC 5280, section 4.1.2.2, demands. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
