import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { ignoring } from '@vhive/base/ignoring';
import { type AgentChannel, agentSubject } from '@vhive/shared';

/** The acknowledgement of a stored message may take this many milliseconds. */
const ACK_TIMEOUT_MS = 5_000;

/** The connection of an enrolled agent to NATS, which comes and goes. */
export interface Session {
  /** Returns false while the connection is broken. What is sent during that time would only pile up in memory. */
  connected(): boolean;
  /**
   * Has a message stored by JetStream and resolves when that is acknowledged. A message with the same `id` is stored
   * only once.
   */
  store(channel: AgentChannel, data: Uint8Array, id: string): Promise<void>;
  /** Sends a message by core NATS, that is once and only if connected; it may be lost. */
  send(channel: AgentChannel, data: Uint8Array): void;
  request(channel: AgentChannel, data: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  /** Breaks the connection and makes it again, because it seems dead. */
  reconnect(): void;
}

/**
 * Makes a session on a connection.
 * @param onChange called whenever the connection comes or goes
 */
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
        // The message may be lost, and here it is lost because the connection is being closed.
      }
    },
    async request(channel, data, timeoutMs) {
      assertConnected();
      const reply = await connection.request(subject(channel), data, { timeout: timeoutMs });
      return reply.data;
    },
    reconnect: () =>
      void connection.reconnect().catch(ignoring('a connection that is closed for good has been reported as such')),
  };
}
