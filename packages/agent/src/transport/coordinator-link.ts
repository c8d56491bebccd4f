import type { NatsConnection } from '@nats-io/transport-node';
import { orAborted } from '@vhive/base/abort';
import { ignoring } from '@vhive/base/ignoring';
import { agentSubject, messageOf } from '@vhive/shared';
import { type CommandHandlers, takeCommands } from './commands.ts';
import { CredentialsRefused, isRefusal, openConnection } from './connection.ts';
import { type Enrolment, type IdentityStore, jwtAllows, jwtExpiry } from './enrolment/identity.ts';
import { type HeartbeatOptions, type Heartbeats, startHeartbeats } from './heartbeats.ts';
import type { Logger } from './logger.ts';
import type { Outbox } from './outbox.ts';
import type { SessionPublisher } from './publisher.ts';
import { createSession, type Session } from './session.ts';

/** The parts of the agent that the link ties together. */
export interface LinkOptions {
  identity: IdentityStore;
  publisher: SessionPublisher;
  commands: CommandHandlers;
  heartbeat: Omit<HeartbeatOptions, 'session' | 'renew' | 'logger'>;
  /** Returns the outbox. It is woken whenever there is a connection again. */
  outbox(): Outbox;
  onConnection?: ((connection: NatsConnection) => void) | undefined;
  logger: Logger;
}

/** The agent's link to NATS, which has at most one connection at a time. */
export interface CoordinatorLink {
  /**
   * Connects and serves until the connection ends for good. When the signal aborts, it rejects with the signal's
   * reason. It rejects with {@link CredentialsRefused} when NATS refuses the credentials of this node.
   */
  serve(enrolment: Enrolment, signal: AbortSignal): Promise<void>;
  session(): Session | undefined;
  clockOffsetMs(): number | null;
  /** Resolves when everything that was sent has left this process. */
  flush(): Promise<void>;
}

/** The newest of the subjects on which agents speak, which a JWT of an earlier version does not allow. */
export function usageSubject({ cluster, node }: Pick<Enrolment, 'cluster' | 'node'>): string {
  return agentSubject(cluster, node, 'use');
}

/** Makes a link that has no connection yet. */
export function createCoordinatorLink(options: LinkOptions): CoordinatorLink {
  const { identity, publisher, logger } = options;
  let connection: NatsConnection | undefined;
  let session: Session | undefined;
  let heartbeats: Heartbeats | undefined;

  const begin = async (enrolment: Enrolment, opened: NatsConnection) => {
    const live = createSession(opened, enrolment, (connected) => {
      logger.info(connected ? 'connected to NATS again' : 'the connection to NATS is broken');
      publisher.use(connected ? live : undefined);
      if (!connected) return;
      options.outbox().wake();
      heartbeats?.beat();
    });
    options.onConnection?.(opened);
    await takeCommands(opened, enrolment, options.commands);
    session = live;
    logger.info(`connected to NATS at ${opened.getServer()}`);
    publisher.use(live);
    options.outbox().wake();
    heartbeats = startHeartbeats({
      ...options.heartbeat,
      session: live,
      logger,
      async renew(jwt) {
        const known = identity.current().enrolment;
        if (!known || jwtExpiry(jwt) <= 0) return;
        await identity.update({ enrolment: { ...known, jwt } });
        // The connection has the rights of the JWT with which it was made.
        if (!jwtAllows(known.jwt, usageSubject(known)) && jwtAllows(jwt, usageSubject(known))) live.reconnect();
      },
    });
  };

  const end = async () => {
    heartbeats?.stop();
    publisher.use(undefined);
    session = undefined;
    await connection?.close().catch(ignoring('it is closed already'));
    connection = undefined;
  };

  return {
    async serve(enrolment, signal) {
      connection = await openConnection(identity, enrolment, logger, signal);
      try {
        await begin(enrolment, connection);
        const error = await orAborted(connection.closed(), signal);
        if (isRefusal(error)) throw new CredentialsRefused(messageOf(error), { cause: error });
      } finally {
        await end();
      }
    },
    session: () => session,
    clockOffsetMs: () => heartbeats?.clockOffsetMs() ?? null,
    flush: async () => connection?.flush().catch(ignoring('what does not leave now is sent again from the outbox')),
  };
}
