import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { messageOf, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import type { Authority } from '../../trust/authority.ts';
import { openRevocations } from '../../trust/revocations.ts';
import { updateAccountClaims } from './nats-claims.ts';
import type { NatsServer } from './nats-server.ts';

/** A NATS server, or a cluster of them, that somebody else runs. */
export type ExternalNats = Pick<NatsServer, 'url' | 'version' | 'revoke' | 'renewCertificate' | 'stop'>;

/** The file with the settings that an external server must include in its configuration. */
export const TRUST_FILE = 'nats-trust.conf';

/**
 * Uses an external NATS server. The server must trust this cluster's operator: `<stateDir>/nats-trust.conf` is written
 * for that, to be included in the server's configuration. Its TLS certificate must be signed by the cluster's CA.
 * Throws code `unreachable`, with an explanation of both, when the server cannot be reached or refuses the connection.
 */
export async function useExternalNats(options: {
  url: string;
  authority: Authority;
  stateDir: string;
  log: Logger;
}): Promise<ExternalNats> {
  const { url, authority, stateDir, log } = options;
  const revocations = await openRevocations(stateDir);
  const trustFile = join(stateDir, TRUST_FILE);
  const writeTrust = async () => {
    const trust = await authority.natsTrust(revocations.all());
    const config = {
      operator: trust.operatorJwt,
      system_account: trust.systemAccount,
      resolver: 'MEMORY',
      resolver_preload: trust.accounts,
    };
    // JSON without its outer braces is valid in the configuration language of NATS, so the file can be included.
    await writeFileAtomic(trustFile, `${JSON.stringify(config, null, 2).slice(2, -2)}\n`);
    return trust;
  };
  const pushClaims = async () => {
    const trust = await writeTrust();
    const [user, member] = [await authority.systemUser(), await authority.agentLinkUser()];
    const jwt = trust.accounts[trust.agentsAccount] ?? '';
    await updateAccountClaims({ url, caPem: authority.caPem, user, member, account: trust.agentsAccount, jwt });
  };
  await writeTrust();
  try {
    // A server that was restarted knows only the revocations of the file with which it started.
    await pushClaims();
    const user = await authority.coordinatorUser();
    const probe = await connect({
      ...{ servers: url, tls: { ca: authority.caPem }, authenticator: user.authenticator, reconnect: false },
    });
    const version = probe.info?.version ?? 'unknown';
    await probe.close();
    log.info({ url, version }, 'using an external NATS server');
    return {
      url,
      version,
      async revoke(publicKey) {
        await revocations.add(publicKey);
        await pushClaims();
      },
      // Its certificate is made by whoever runs it.
      renewCertificate: async () => undefined,
      stop: async () => undefined,
    };
  } catch (cause) {
    throw new VhiveError({
      code: 'unreachable',
      message: `the NATS server ${url} cannot be used: ${messageOf(cause)}`,
      hint: `its configuration must include ${trustFile} as it is now (after an upgrade: nats-server --signal reload), have jetstream on, and a TLS certificate signed by ${join(stateDir, 'ca.pem')}`,
      cause,
    });
  }
}
