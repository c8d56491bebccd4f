import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { agentSubject, type Command, type CommandReply, command, decode, encode, messageOf } from '@vhive/shared';
import type { Executor } from '../executor/executor.ts';
import type { Logger } from './logger.ts';
import type { RejectionCounts } from './rejection-counts.ts';
import type { UsageTeller } from './usage-teller.ts';

/** The parts of the agent that commands are handed to. */
export interface CommandHandlers {
  executor: Executor;
  usage: Pick<UsageTeller, 'tell'>;
  rejections: RejectionCounts;
  logger: Logger;
  /** Called when the coordinator has removed the node from the cluster. */
  leave(reason: string): void;
}

/**
 * Takes the commands of an agent: validates them, hands them over and answers. A message that does not parse is
 * counted, logged and dropped. It resolves when the server knows the subscription.
 */
export async function takeCommands(
  connection: NatsConnection,
  names: { cluster: string; node: string },
  handlers: CommandHandlers,
): Promise<void> {
  connection.subscribe(agentSubject(names.cluster, names.node, 'cmd'), {
    callback: (error, message) => {
      if (error) handlers.logger.error(`no commands can be received: ${error.message}`);
      else void take(message, handlers);
    },
  });
  await connection.flush();
}

async function take(message: Msg, handlers: CommandHandlers): Promise<void> {
  const decoded = decode(command, message.data);
  if (!decoded.ok) {
    handlers.rejections.count(decoded.reason);
    handlers.logger.warn(`dropped a command: ${decoded.reason} (${decoded.detail})`);
    return;
  }
  const reply = await perform(decoded.envelope.body, handlers).catch(
    (error: unknown): CommandReply => ({ type: 'refused', message: messageOf(error) }),
  );
  try {
    message.respond(encode(reply, { id: decoded.envelope.id }));
  } catch (error) {
    // The coordinator asks again and then gets the answer from the journal.
    handlers.logger.warn(`an answer could not be sent: ${messageOf(error)}`);
  }
}

async function perform(body: Command, { executor, usage, leave }: CommandHandlers): Promise<CommandReply> {
  switch (body.type) {
    case 'step.run':
      return executor.run(body);
    case 'step.cancel':
      return executor.cancel(body);
    case 'agent.leave':
      leave(body.reason);
      return { type: 'accepted', attemptId: '', status: 'unknown' };
    case 'usage.tell':
      await usage.tell(body);
      return { type: 'accepted', attemptId: '', status: 'unknown' };
  }
}
