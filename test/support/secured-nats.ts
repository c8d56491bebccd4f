import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUser } from '@nats-io/nkeys';
import { connect, jwtAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { findNatsServer } from '@vhive/coordinator/nats/server/nats-binary';
import { type NatsServer, startNatsServer } from '@vhive/coordinator/nats/server/nats-server';
import { type Authority, openAuthority } from '@vhive/coordinator/trust/authority';
import { agentInboxPrefix, coordinatorInboxPrefix } from '@vhive/shared';
import { type Logger, pino } from 'pino';
import { natsBinary } from './nats-binary.ts';

/** The product's own nats-server, with TLS and accounts, on a state directory of its own. */
export interface SecuredNats {
  stateDir: string;
  authority: Authority;
  server: NatsServer;
  log: Logger;
  /** Connects as the coordinator, to its own account. */
  coordinator(): Promise<NatsConnection>;
  /** Connects as the coordinator to the account of the agents. */
  agentLink(): Promise<NatsConnection>;
  /** Connects as an agent with a fresh key, or with the given key and JWT. */
  agent(node: string, identity?: AgentIdentity): Promise<NatsConnection>;
  /** Stops the server (but not the connections) and starts it again on the same state and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What an agent logs in with. */
export interface AgentIdentity {
  publicKey: string;
  seed: Uint8Array;
  jwt: string;
}

/** Makes a new key with a JWT for `node`, which is valid for `seconds` (by default as long as the product's own). */
export async function agentIdentity(authority: Authority, node: string, seconds?: number): Promise<AgentIdentity> {
  const pair = createUser();
  const publicKey = pair.getPublicKey();
  return { publicKey, seed: pair.getSeed(), jwt: (await authority.agentJwt(node, publicKey, seconds)).jwt };
}

/** Starts the server for the cluster `test`. */
export async function startSecuredNats(): Promise<SecuredNats> {
  const stateDir = await mkdtemp(join(tmpdir(), 'vhive-secured-'));
  const log = pino({ level: process.env.TEST_LOG ?? 'silent' });
  const authority = await openAuthority({ stateDir, cluster: 'test' });
  const binary = await findNatsServer({ cacheDir: stateDir, log, path: await natsBinary() });
  const start = (port: number) =>
    startNatsServer({ binary, authority, stateDir, log, names: [], host: '127.0.0.1', port });
  let server = await start(0);
  const connections: NatsConnection[] = [];
  const tls = { ca: authority.caPem };
  async function open(options: Parameters<typeof connect>[0]): Promise<NatsConnection> {
    const connection = await connect({ servers: server.url, tls, reconnectTimeWait: 50, ...options });
    connections.push(connection);
    return connection;
  }
  return {
    stateDir,
    authority,
    log,
    get server() {
      return server;
    },
    async coordinator() {
      return open({ authenticator: (await authority.coordinatorUser()).authenticator, maxReconnectAttempts: -1 });
    },
    async agentLink() {
      const { authenticator } = await authority.agentLinkUser();
      return open({ authenticator, inboxPrefix: coordinatorInboxPrefix('test'), maxReconnectAttempts: -1 });
    },
    async agent(node, identity) {
      const { jwt, seed } = identity ?? (await agentIdentity(authority, node));
      return open({ authenticator: jwtAuthenticator(jwt, seed), inboxPrefix: agentInboxPrefix('test', node) });
    },
    async restart() {
      await server.stop();
      server = await start(server.port);
    },
    async stop() {
      await Promise.all(connections.map((connection) => connection.close().catch(() => undefined)));
      await server.stop();
      await rm(stateDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
