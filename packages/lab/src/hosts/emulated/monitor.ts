import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** How long qemu may take to answer, in milliseconds. */
const answerLimit = 10_000;

/**
 * Gives a command to a running qemu (QMP, https://qemu.readthedocs.io/en/v7.2.20/interop/qmp-intro.html). Throws when
 * qemu refuses it or is gone.
 *
 * @param socket the path of qemu's monitor
 */
export async function askMonitor(socket: string, command: string, args: object = {}): Promise<void> {
  const connection = connect(socket);
  connection.setTimeout(answerLimit, () => connection.destroy(new Error(`qemu did not answer at ${socket}`)));
  try {
    await once(connection, 'connect');
    const lines = createInterface({ input: connection })[Symbol.asyncIterator]();
    await lines.next(); // the greeting
    for (const request of [{ execute: 'qmp_capabilities' }, { execute: command, arguments: args }]) {
      connection.write(`${JSON.stringify(request)}\n`);
      const answer = await answerOf(lines);
      if (answer.error !== undefined) throw new Error(`qemu refuses ${request.execute}: ${answer.error.desc}`);
    }
  } finally {
    connection.destroy();
  }
}

interface Answer {
  return?: unknown;
  error?: { desc: string };
}

/** Returns the next answer, without the events that qemu tells of meanwhile. */
async function answerOf(lines: AsyncIterator<string>): Promise<Answer> {
  for (;;) {
    const { done, value } = await lines.next();
    if (done === true) throw new Error('qemu ended before it answered');
    const answer = JSON.parse(value) as Answer;
    if (answer.return !== undefined || answer.error !== undefined) return answer;
  }
}
