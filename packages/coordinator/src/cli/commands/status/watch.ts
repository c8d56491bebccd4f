import type { StatusView } from '@vhive/shared';
import type { Connection } from '../../connect.ts';
import { chooseReporter } from '../../follow/choose-reporter.ts';
import { followRun } from '../../follow/follow-run.ts';
import { reportRun } from '../../follow/report-run.ts';
import { steadyStream } from '../../follow/steady-stream.ts';
import type { CliIo } from '../../io.ts';
import { nodeTable } from '../../render/node-table.ts';

/**
 * Follows the run under way to its end. Where there is none, it follows the nodes until a run begins, and then that
 * run. When the signal aborts it ends without an error, because a person who only watches has lost nothing.
 */
export async function watch(connection: Connection, status: StatusView, io: CliIo, signal: AbortSignal): Promise<void> {
  const runId = status.run?.status === 'running' ? status.run.runId : await nextRun(connection, status, io, signal);
  if (runId === undefined) return;
  const reporter = await chooseReporter(io);
  try {
    const run = await followRun(connection, runId, reporter, signal);
    reporter.close();
    reportRun(run, io);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    reporter.close();
  }
}

/** Shows the nodes whenever one of them changes its status. Resolves with the run that begins meanwhile. */
async function nextRun(
  connection: Connection,
  status: StatusView,
  io: CliIo,
  signal: AbortSignal,
): Promise<string | undefined> {
  let said = statuses(status.nodes);
  const stream = steadyStream(connection, undefined, signal, (text) => io.say(text));
  for await (const message of stream) {
    if (message.type === 'event' && message.runId !== status.run?.runId) return message.runId;
    if (message.type !== 'nodes' || statuses(message.nodes) === said) continue;
    said = statuses(message.nodes);
    io.line({ type: 'nodes', nodes: message.nodes });
    if (io.json) continue;
    for (const line of nodeTable(message.nodes, { width: io.width, now: new Date(), run: status.run }, io.style))
      io.say(line);
  }
  return undefined;
}

function statuses(nodes: StatusView['nodes']): string {
  return nodes.map(({ name, status }) => `${name} ${status}`).join(',');
}
