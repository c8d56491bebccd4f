import type { NatsConnection } from '@nats-io/transport-node';
import { ignoring } from '@vhive/base/ignoring';
import { type AgentChannel, agentSubject, decode, type ReceiptOutcome, receipt } from '@vhive/shared';

/** The receipt for a message may take this many milliseconds. The coordinator gives it after it has stored the message. */
const RECEIPT_TIMEOUT_MS = 5_000;

/** The connection of an enrolled agent to NATS, which comes and goes. */
export interface Session {
  /** Returns false while the connection is broken. What is sent during that time would only pile up in memory. */
  connected(): boolean;
  /**
   * Hands a message to the coordinator and resolves with what became of it, once there is a receipt. Rejects when there
   * is none: then the same message should be sent again.
   */
  handOver(channel: 'evt' | 'log', data: Uint8Array): Promise<ReceiptOutcome>;
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
  const request = async (channel: AgentChannel, data: Uint8Array, timeout: number) => {
    assertConnected();
    return (await connection.request(subject(channel), data, { timeout })).data;
  };
  return {
    connected: () => connected && !connection.isClosed(),
    async handOver(channel, data) {
      const decoded = decode(receipt, await request(channel, data, RECEIPT_TIMEOUT_MS));
      if (!decoded.ok) throw new Error(`the receipt is ${decoded.reason}: ${decoded.detail}`);
      return decoded.envelope.body.outcome;
    },
    send(channel, data) {
      try {
        if (connected && !connection.isClosed()) connection.publish(subject(channel), data);
      } catch {
        // The message may be lost, and here it is lost because the connection is being closed.
      }
    },
    request,
    reconnect: () =>
      void connection.reconnect().catch(ignoring('a connection that is closed for good has been reported as such')),
  };
}
