import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type AgentChannel, agentSubject } from '@vhive/shared';

/** How long a stored message may take to be acknowledged, milliseconds. */
const ACK_TIMEOUT_MS = 5_000;

/** A connection of an enrolled agent to NATS, which comes and goes. */
export interface Session {
  /** false while the connection is broken: what is sent then would only pile up in memory. */
  connected(): boolean;
  /** Stored by JetStream: resolves on its acknowledgement. A message with the same `id` is stored once. */
  store(channel: AgentChannel, data: Uint8Array, id: string): Promise<void>;
  /** Core NATS: sent once, if connected. */
  send(channel: AgentChannel, data: Uint8Array): void;
  request(channel: AgentChannel, data: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  /** Breaks the connection and makes it anew: it seems dead. */
  reconnect(): void;
}

/** Makes a session on a connection. `onChange` is called whenever the connection comes or goes. */
export function createSession(
  connection: NatsConnection,
  names: { cluster: string; node: string },
  onChange: (connected: boolean) => void,
): Session {
  const stream = jetstream(connection, { timeout: ACK_TIMEOUT_MS });
  const subject = (channel: AgentChannel) => agentSubject(names.cluster, names.node, channel);
  let connected = true;
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type !== 'disconnect' && status.type !== 'reconnect') continue;
      connected = status.type === 'reconnect';
      onChange(connected);
    }
  })();
  const assertConnected = () => {
    if (!connected || connection.isClosed()) throw new Error('not connected to NATS');
  };
  return {
    connected: () => connected && !connection.isClosed(),
    async store(channel, data, id) {
      assertConnected();
      await stream.publish(subject(channel), data, { msgID: id });
    },
    send(channel, data) {
      try {
        if (connected && !connection.isClosed()) connection.publish(subject(channel), data);
      } catch {
        // It may be lost, and so it is: the connection is being closed.
      }
    },
    async request(channel, data, timeoutMs) {
      assertConnected();
      const reply = await connection.request(subject(channel), data, { timeout: timeoutMs });
      return reply.data;
    },
    reconnect: () => void connection.reconnect().catch(() => undefined),
  };
}
