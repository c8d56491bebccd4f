import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { renewHttpsCertificate } from '../http/https-server.ts';
import type { NatsServer } from '../nats/server/nats-server.ts';
import type { Authority } from '../trust/authority.ts';

/** How often a running coordinator looks at its certificate, milliseconds: once a day. */
const LOOK_EVERY_MS = 86_400_000;

/** Whose certificate is looked at, and who is given the new one. */
export interface CertificateUsers {
  authority: Pick<Authority, 'serverCertificate'>;
  /** Names and addresses that the certificate must cover. */
  names: readonly string[];
  app: FastifyInstance;
  /** The nats-server, where there is one; an external one does nothing, since its certificate is not ours. */
  nats?: Pick<NatsServer, 'renewCertificate'>;
  log: Logger;
}

/**
 * Gives the HTTPS server and nats-server of a coordinator that runs for years their next certificate before the present
 * one ends: the authority issues another one when less than a month is left. Returns how to stop looking.
 */
export async function keepCertificatesValid(users: CertificateUsers, everyMs = LOOK_EVERY_MS): Promise<() => void> {
  const { authority, names, app, nats, log } = users;
  let present = (await authority.serverCertificate(names)).certPem;
  const look = async () => {
    const certificate = await authority.serverCertificate(names);
    if (certificate.certPem === present) return;
    renewHttpsCertificate(app, certificate);
    await nats?.renewCertificate(names);
    present = certificate.certPem;
    log.info('the server certificate was renewed');
  };
  const timer = setInterval(() => {
    look().catch((cause: unknown) => log.error({ err: cause }, 'the server certificate could not be renewed'));
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
