import { exitCodeOf, messageOf, printable, printableJson, VhiveError } from '@vhive/shared';
import type { AgentStatus } from '../transport/agent-status.ts';
import { askStatus } from './status-socket.ts';

/** Runs `vhive-agent status`. The exit code is 0 when an agent runs on this host, otherwise 6. */
export async function statusCommand(options: { stateDir: string; output: 'text' | 'json' }): Promise<number> {
  const status = await askStatus(options.stateDir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES')
      throw new VhiveError({
        code: 'usage',
        message: `this user may not ask the agent in ${options.stateDir}: ${messageOf(error)}`,
        hint: 'run as the user the agent runs as, mostly root',
      });
    return undefined;
  });
  if (options.output === 'json')
    process.stdout.write(
      `${printableJson(JSON.stringify({ time: new Date().toISOString(), type: 'result', running: status !== undefined, ...status }))}\n`,
    );
  else process.stdout.write(status ? describe(status) : `no agent runs in ${options.stateDir}\n`);
  return status ? 0 : exitCodeOf('unreachable');
}

function describe(status: AgentStatus): string {
  const lines: [string, string][] = [
    ['node', status.node + (status.simulated ? ' (simulated)' : '')],
    ['agent', `${status.version}, process ${status.pid}, up ${Math.round(status.uptimeSeconds)} s`],
    ['coordinator', status.coordinator],
    ['enrolled', status.enrolled ? `yes, cluster ${status.cluster}` : 'no: waits for the coordinator or for approval'],
    [
      'connected',
      status.connected ? (status.registered ? 'yes' : 'to NATS; the coordinator has not answered yet') : 'no',
    ],
    ['steps', status.attempts.length === 0 ? 'none under way' : status.attempts.join(', ')],
    ['outbox', `${status.outbox} results wait for the coordinator to take them`],
    ['clock', status.clockOffsetMs === null ? 'not compared yet' : `${status.clockOffsetMs} ms from the coordinator's`],
  ];
  const dropped = Object.entries(status.rejected).map(([reason, count]) => `${count} ${reason}`);
  if (dropped.length > 0) lines.push(['dropped', dropped.join(', ')]);
  return `${lines.map(([name, value]) => `${`${name}:`.padEnd(13)}${printable(value)}`).join('\n')}\n`;
}
