import { randomUUID } from 'node:crypto';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import {
  agentSubject,
  type Command,
  type CommandReply,
  commandReply,
  decode,
  encode,
  isNestedDeeper,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGE_DEPTH,
  VhiveError,
} from '@vhive/shared';
import { pauseBeforeRepetition } from './backoff.ts';
import type { Rejections } from './rejections.ts';
import type { Requests } from './requests.ts';

/**
 * How long one try waits for the agent's answer, in milliseconds. The agent answers after it has written its journal.
 */
export const REPLY_TIMEOUT_MS = 10_000;

/**
 * An agent that gives so many answers which cannot be read is taken to refuse the command. It would go on like that,
 * and nobody would hear of it.
 */
const MOST_UNREADABLE = 5;

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
 * connection is closed for good, and at once (code `usage`) when the command is too large or too deeply nested to be
 * sent.
 */
export async function sendCommand(
  { nc, cluster, requests, rejections }: CommandRoute,
  node: string,
  command: Command,
  { signal }: SendOptions,
): Promise<CommandReply> {
  const message = encode(command, { id: randomUUID() });
  const limit = Math.min(MAX_MESSAGE_BYTES, nc.info?.max_payload ?? MAX_MESSAGE_BYTES);
  if (message.byteLength > limit)
    throw unsendable(node, command, `has ${message.byteLength} bytes, at most ${limit} can be sent`);
  if (isNestedDeeper(message, MAX_MESSAGE_DEPTH))
    throw unsendable(node, command, `is nested deeper than ${MAX_MESSAGE_DEPTH} levels`);
  const subject = agentSubject(cluster, node, 'cmd');
  let unreadable = 0;
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const decoded = decode(commandReply, await requests.request(subject, message, signal));
      if (!decoded.ok) {
        rejections.count(node, 'reply', decoded.reason, decoded.detail);
        unreadable += 1;
        if (unreadable >= MOST_UNREADABLE)
          return { type: 'refused', message: `its answers cannot be read (${decoded.reason})` };
      } else if (decoded.envelope.body.type !== 'refused' || decoded.envelope.body.passing !== true)
        return decoded.envelope.body;
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

function unsendable(node: string, command: Command, why: string): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `${describe(command)} for ${node} ${why}`,
    hint: 'make the manifests or configuration in the cluster file smaller and simpler',
  });
}
