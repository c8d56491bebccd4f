import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Agent, type AgentOptions, startAgent } from '@vhive/agent/transport/agent';
import { ArtifactStore } from '@vhive/coordinator/artifacts/store';
import { requireAgent } from '@vhive/coordinator/http/bearer';
import { createHttpsServer } from '@vhive/coordinator/http/https-server';
import { serveArtifacts } from '@vhive/coordinator/http/routes/artifacts';
import { type EnrolmentOptions, serveEnrolment } from '@vhive/coordinator/http/routes/enrolment';
import { AgentLink } from '@vhive/coordinator/nats/agent-link';
import { openNodeRegistry } from '@vhive/coordinator/nodes/node-registry';
import type { NodeRegistry } from '@vhive/coordinator/nodes/node-registry-interface';
import { type JoinTokens, openJoinTokens } from '@vhive/coordinator/trust/join-tokens';
import type { AgentEvent, LogBatch } from '@vhive/shared';
import { type SecuredNats, startSecuredNats } from './secured-nats.ts';

/**
 * The coordinator's real parts that agents talk to, without scheduler and runner, and agents that are started against
 * them.
 */
export interface AgentBed {
  nats: SecuredNats;
  tokens: JoinTokens;
  nodes: NodeRegistry;
  store: ArtifactStore;
  link: AgentLink;
  /** The coordinator's connection in the account of the agents. */
  connection: NatsConnection;
  /** The address of the HTTPS server, `127.0.0.1:port`. */
  address: string;
  /** The events in the order in which they came. */
  events: { node: string; event: AgentEvent }[];
  logs: LogBatch[];
  /** Resolves once `condition` holds. It is checked whenever an event or a batch of log lines has come. */
  until(condition: () => boolean): Promise<void>;
  token(): Promise<string>;
  /** Makes a fresh directory, which is removed at the end. */
  directory(): Promise<string>;
  /** Starts an agent in this process with a host that has only facts. The agent is stopped at the end. */
  agent(node: string, options: Partial<AgentOptions> & Pick<AgentOptions, 'actions' | 'host'>): Promise<Agent>;
  stop(): Promise<void>;
}

/** Starts nats-server, the node registry and the HTTPS server. */
export async function startAgentBed(changes: Partial<EnrolmentOptions> = {}): Promise<AgentBed> {
  const cleanUp: (() => unknown)[] = [];
  const nats = await startSecuredNats();
  cleanUp.push(() => nats.stop());
  const { authority, stateDir, log } = nats;
  const connection = await nats.agentLink();
  const tokens = await openJoinTokens({ stateDir, caFingerprint: authority.caFingerprint });
  const link = new AgentLink(connection, 'test', { log });
  const nodes = await openNodeRegistry({
    stateDir,
    authority,
    log,
    machineId: 'none',
    revoke: (publicKey) => nats.server.revoke(publicKey),
    async leave(node) {
      await link.sendCommand(node, { type: 'agent.leave', reason: 'removed' }, { signal: AbortSignal.timeout(2_000) });
    },
  });
  cleanUp.push(() => nodes.close());
  const store = await ArtifactStore.open(join(stateDir, 'artifacts'));
  const app = await createHttpsServer({ certificate: await authority.serverCertificate(), log });
  const natsUrls = (contacted: string) => [`tls://${contacted}:${nats.server.port}`];
  const options = { authority, tokens, nodes, trustNetworks: () => [], natsUrls, ...changes };
  await app.register(async (scope) => serveEnrolment(scope, options));
  await app.register(async (scope) => {
    requireAgent(scope, nodes);
    await serveArtifacts(scope, { store, authorize: async () => undefined });
  });
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  cleanUp.push(() => app.close());

  const events: AgentBed['events'] = [];
  const logs: LogBatch[] = [];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const check of waiting) check();
  };
  const channels = [
    link.hearHeartbeats((node, beat) => nodes.heartbeat(node, beat)),
    link.takeEvents(async (node, event) => {
      events.push({ node, event });
      look();
      return 'stored';
    }),
    link.takeLogs(async (_, batch) => {
      logs.push(batch);
      look();
      return 'stored';
    }),
  ];
  cleanUp.push(() => Promise.all(channels.map((channel) => channel.stop())));

  const directory = async () => {
    const made = await mkdtemp(join(tmpdir(), 'vhive-agent-'));
    cleanUp.push(() => rm(made, { recursive: true, force: true }));
    return made;
  };
  return {
    ...{ nats, tokens, nodes, store, link, connection, events, logs, directory },
    address: url.host,
    until(condition) {
      if (condition()) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const check = () => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      return promise;
    },
    async token() {
      const { token } = await tokens.create({ ttlSeconds: 3600, description: '' });
      return token;
    },
    async agent(node, agentOptions) {
      const agent = await startAgent({
        coordinator: url.host,
        node,
        stateDirectory: agentOptions.stateDirectory ?? (await directory()),
        heartbeatIntervalMs: 1_000,
        ...agentOptions,
      });
      cleanUp.push(() => agent.stop(0));
      return agent;
    },
    async stop() {
      for (const end of cleanUp.splice(0).reverse()) await end();
    },
  };
}
