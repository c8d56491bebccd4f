import type { StatusView } from '@vhive/shared';
import { reportOf } from '../follow/run-report.ts';
import { nodeTable } from './node-table.ts';
import { reportLines } from './report-lines.ts';
import type { Style } from './style.ts';

/** Writes the whole picture: the cluster, its nodes and the newest run. */
export function statusLines(status: StatusView, room: { width: number; now: Date }, style: Style): string[] {
  const reachable = status.nodes.filter((node) => node.status === 'reachable').length;
  const dropped = Object.entries(status.rejected).filter(([, count]) => count > 0);
  return [
    `${style.bold(`cluster ${status.cluster}`)}: ${reachable} of ${status.nodes.length} nodes reachable; vhive-coord ${status.version}, nats-server ${status.natsVersion}`,
    ...(dropped.length > 0
      ? [style.warn(`messages dropped: ${dropped.map(([reason, count]) => `${count} ${reason}`).join(', ')}`)]
      : []),
    ...(status.nodes.length > 0 ? ['', ...nodeTable(status.nodes, room, style)] : []),
    ...runLines(status, room, style),
  ];
}

function runLines({ run }: StatusView, room: { width: number; now: Date }, style: Style): string[] {
  if (run === null) return ['', 'no run yet; begin one: vhive-coord up --nodes N'];
  const end = run.finishedAt === undefined ? room.now.getTime() : Date.parse(run.finishedAt);
  const seconds = Math.max(0, end - Date.parse(run.createdAt)) / 1000;
  return reportLines(
    reportOf(run, room.now),
    seconds,
    { width: room.width, mostNodes: Number.POSITIVE_INFINITY },
    style,
  );
}
