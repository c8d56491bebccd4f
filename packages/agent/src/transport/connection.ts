import { createSecureContext, type SecureContext } from 'node:tls';
import { type Authenticator, connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { agentInboxPrefix } from '@vhive/shared';
import { createBackoff, sleep } from './backoff.ts';
import type { Enrolment, IdentityStore } from './enrolment/identity.ts';
import { type UserKey, userKeyFromSeed } from './enrolment/nkey.ts';
import type { Logger } from './logger.ts';
import { createTroubleReport } from './trouble-report.ts';

/** Between two attempts to connect again, milliseconds; plus up to as much again, at random. */
const RECONNECT_WAIT_MS = 250;
/** Also what an agent whose link was down loses at most after it is up again. */
const CONNECT_TIMEOUT_MS = 10_000;

/** NATS did not let the agent in: its credentials expired or were revoked. */
export class CredentialsRefused extends Error {}

/**
 * Connects to NATS over TLS with the enrolled identity; goes on trying while no server can be reached. Afterwards the
 * connection comes back by itself whenever it breaks, each time with the newest JWT of the identity.
 * Rejects with {@link CredentialsRefused}, or the signal's reason.
 */
export async function openConnection(
  identity: IdentityStore,
  enrolment: Enrolment,
  logger: Logger,
  signal: AbortSignal,
): Promise<NatsConnection> {
  const options = connectionOptions(identity, enrolment);
  const backoff = createBackoff(RECONNECT_WAIT_MS, 5_000);
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

/** true when a server said no to the credentials, now or on reconnecting. */
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
    // Addresses are what natsUrls hold; a name among them is looked up by the socket itself.
    resolve: false,
  };
}

/** As the library's `jwtAuthenticator`, with signatures of node:crypto. */
function jwtAuthenticator(key: UserKey, jwt: () => string): Authenticator {
  return (nonce) => ({
    jwt: jwt(),
    nkey: key.publicKey,
    sig: key.sign(Buffer.from(nonce ?? '')).toString('base64url'),
  });
}

/** One context per CA: thousands of agents in one process share it. */
let sharedContext: { ca: string; context: SecureContext } | undefined;

function tlsOptions(ca: string | undefined): NonNullable<NodeConnectionOptions['tls']> {
  if (ca === undefined) throw new Error('an enrolled agent knows its CA');
  if (sharedContext?.ca !== ca) sharedContext = { ca, context: createSecureContext({ ca }) };
  const options = {
    secureContext: sharedContext.context,
    // As for HTTPS: the CA signs servers of this coordinator only, by whatever address they are reached.
    checkServerIdentity: () => undefined,
  };
  return options as NonNullable<NodeConnectionOptions['tls']>;
}

function withoutScheme(url: string): string {
  return url.replace(/^[a-z]+:\/\//, '');
}
