import { randomUUID } from 'node:crypto';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import {
  agentSubject,
  type Command,
  type CommandReply,
  commandReply,
  decode,
  encode,
  MAX_MESSAGE_BYTES,
  VhiveError,
} from '@vhive/shared';
import { pauseBeforeRepetition } from './backoff.ts';
import type { Rejections } from './rejections.ts';
import type { Requests } from './requests.ts';

/**
 * How long one try waits for the agent's answer, in milliseconds. The agent answers after it has written its journal.
 */
export const REPLY_TIMEOUT_MS = 10_000;

/** How to send a command. */
export interface SendOptions {
  /** Ends the tries. The promise then rejects with the signal's reason. */
  signal: AbortSignal;
}

/** The parts through which commands are sent. */
export interface CommandRoute {
  nc: NatsConnection;
  cluster: string;
  requests: Requests;
  rejections: Rejections;
}

/**
 * Sends a command to an agent until the agent answers. Every repetition is the same message. Repetition is harmless,
 * because the agent knows the attempt by its id. The message carries no expiry, because a host with a wrong clock must
 * still be reachable: it is the preflight that tells of wrong clocks. Rejects when the signal aborts, when the
 * connection is closed for good, and at once when the command is too large to be sent.
 */
export async function sendCommand(
  { nc, cluster, requests, rejections }: CommandRoute,
  node: string,
  command: Command,
  { signal }: SendOptions,
): Promise<CommandReply> {
  const message = encode(command, { id: randomUUID() });
  const limit = Math.min(MAX_MESSAGE_BYTES, nc.info?.max_payload ?? MAX_MESSAGE_BYTES);
  if (message.byteLength > limit) throw commandTooLarge(node, command, message.byteLength, limit);
  const subject = agentSubject(cluster, node, 'cmd');
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const decoded = decode(commandReply, await requests.request(subject, message, signal));
      if (decoded.ok) return decoded.envelope.body;
      rejections.count(node, 'reply', decoded.reason, decoded.detail);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError)
        throw new VhiveError({
          code: 'unreachable',
          message: `${describe(command)} was not sent to ${node}: the connection to NATS is closed`,
          cause: error,
        });
      // Nobody listens there yet, or no answer came in time: the agent may be starting, or its host may be rebooting.
    }
    await pauseBeforeRepetition(attempt, signal);
  }
}

function describe(command: Command): string {
  return command.type === 'step.run' ? `step ${command.stepId}` : `the command ${command.type}`;
}

function commandTooLarge(node: string, command: Command, bytes: number, limit: number): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `${describe(command)} for ${node} has ${bytes} bytes, at most ${limit} can be sent`,
    hint: 'make the manifests or configuration in the cluster file smaller',
  });
}
