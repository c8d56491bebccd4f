import { createSecureContext, type SecureContext } from 'node:tls';
import { type Authenticator, connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { type Nkey, userKeyFromSeed } from '@vhive/base/nkey/nkey';
import { createBackoff } from '@vhive/base/retry/backoff';
import { sleep } from '@vhive/base/retry/sleep';
import { agentInboxPrefix } from '@vhive/shared';
import type { Enrolment, IdentityStore } from './enrolment/identity.ts';
import type { Logger } from './logger.ts';
import { createTroubleReport } from './trouble-report.ts';

/** The agent waits this many milliseconds, and at random up to as much again, before it tries to connect again. */
const RECONNECT_WAIT_MS = 250;
/**
 * An attempt to connect gives up after this many milliseconds. An agent whose link was down loses at most this time
 * after the link is up again.
 */
const CONNECT_TIMEOUT_MS = 10_000;

/** Thrown when NATS did not let the agent in because its credentials expired or were revoked. */
export class CredentialsRefused extends Error {}

/**
 * Connects to NATS over TLS with the enrolled identity, and goes on trying while no server can be reached. Afterwards
 * the connection comes back by itself whenever it breaks, each time with the newest JWT of the identity. Rejects with
 * {@link CredentialsRefused}, or with the signal's reason when it aborts.
 */
export async function openConnection(
  identity: IdentityStore,
  enrolment: Enrolment,
  logger: Logger,
  signal: AbortSignal,
): Promise<NatsConnection> {
  const options = connectionOptions(identity, enrolment);
  const backoff = createBackoff({ firstMs: RECONNECT_WAIT_MS, longestMs: 5_000 });
  const trouble = createTroubleReport(logger);
  for (;;) {
    signal.throwIfAborted();
    try {
      return await connect(options);
    } catch (error) {
      if (isRefusal(error)) throw new CredentialsRefused('NATS refuses the credentials of this node', { cause: error });
      trouble.report(`cannot reach NATS at ${enrolment.natsUrls.join(', ')}: ${String(error)}`);
      await sleep(backoff.nextMs(), signal);
    }
  }
}

/** Whether an error says that a server refused the credentials, at the first connection or at a later one. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'AuthorizationError' || error.name === 'UserAuthenticationExpiredError' || isRefusal(error.cause)
  );
}

function connectionOptions(identity: IdentityStore, { cluster, node, natsUrls }: Enrolment): NodeConnectionOptions {
  const { userSeed, ca } = identity.current();
  return {
    servers: natsUrls.map(withoutScheme),
    name: `vhive-agent ${node}`,
    inboxPrefix: agentInboxPrefix(cluster, node),
    authenticator: jwtAuthenticator(userKeyFromSeed(userSeed), () => identity.current().enrolment?.jwt ?? ''),
    tls: tlsOptions(ca),
    timeout: CONNECT_TIMEOUT_MS,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => RECONNECT_WAIT_MS * (1 + Math.random()),
    pingInterval: 20_000,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    // natsUrls usually hold addresses. If one holds a name, the socket looks it up, so the library need not do so
    // beforehand.
    resolve: false,
  };
}

/** Does the same as the library's `jwtAuthenticator`, but signs with node:crypto. */
function jwtAuthenticator(key: Nkey, jwt: () => string): Authenticator {
  return (nonce) => ({
    jwt: jwt(),
    nkey: key.publicKey,
    sig: key.sign(Buffer.from(nonce ?? '')).toString('base64url'),
  });
}

/** The TLS context of the CA that was used last. Thousands of agents in one process share it. */
let sharedContext: { ca: string; context: SecureContext } | undefined;

function tlsOptions(ca: string | undefined): NonNullable<NodeConnectionOptions['tls']> {
  if (ca === undefined) throw new Error('an enrolled agent knows its CA');
  if (sharedContext?.ca !== ca) sharedContext = { ca, context: createSecureContext({ ca }) };
  const options = {
    secureContext: sharedContext.context,
    // This is as it is for HTTPS: the CA signs only servers of this coordinator, so the address by which a server is
    // reached need not be in its certificate.
    checkServerIdentity: () => undefined,
  };
  return options as NonNullable<NodeConnectionOptions['tls']>;
}

function withoutScheme(url: string): string {
  return url.replace(/^[a-z]+:\/\//, '');
}
