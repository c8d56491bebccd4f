import type { RunView, StatusView } from '@vhive/shared';
import { describeDuration } from '../duration.ts';
import { reportOf } from '../follow/run-report.ts';
import { applicantLines } from './applicant-lines.ts';
import type { CommandWords } from './command-words.ts';
import { nodeTable } from './node-table.ts';
import { reportLines } from './report-lines.ts';
import type { Style } from './style.ts';
import { wrapped } from './text-width.ts';
import { waitSection } from './waits/wait-reasons.ts';

/** What the picture of the cluster depends on besides the cluster. */
export interface StatusRoom {
  width: number;
  now: Date;
  /** Whether the coordinator was running before. One that was started for this command may not have heard of all. */
  attached: boolean;
  words: CommandWords;
}

/** Writes the whole picture: the cluster, its nodes and the newest run. */
export function statusLines(status: StatusView, room: StatusRoom, style: Style): string[] {
  const { width, attached } = room;
  const reachable = status.nodes.filter((node) => node.status === 'reachable').length;
  const dropped = Object.entries(status.rejected).filter(([, count]) => count > 0);
  const about = `vhive-coord ${status.version}, nats-server ${status.natsVersion}`;
  return [
    `${style.bold(`cluster ${status.cluster}`)}: ${reachable} of ${status.nodes.length} nodes reachable; ${about}`,
    ...(attached || reachable === status.nodes.length
      ? []
      : ['no coordinator was running: agents have had 3 s to find the one that answers here']),
    ...(dropped.length > 0
      ? [style.warn(`messages dropped: ${dropped.map(([reason, count]) => `${count} ${reason}`).join(', ')}`)]
      : []),
  ]
    .flatMap((line) => wrapped(line, width, '  '))
    .concat(
      status.nodes.length > 0 ? ['', ...nodeTable(status.nodes, { ...room, run: status.run }, style)] : [],
      applicantLines(status.applicants ?? [], { most: 10, words: room.words }),
      runLines(status, room, style),
    );
}

function runLines({ run }: StatusView, room: StatusRoom, style: Style): string[] {
  if (run === null) return ['', `no run yet; begin one: ${room.words.coord('up --nodes N')}`];
  const end = run.finishedAt === undefined ? room.now.getTime() : Date.parse(run.finishedAt);
  const seconds = Math.max(0, end - Date.parse(run.createdAt)) / 1000;
  const size = { width: room.width, mostNodes: Number.POSITIVE_INFINITY };
  return [
    '',
    whenText(run, room.now),
    ...waitSection(run, room.width),
    ...reportLines(reportOf(run, room.now), seconds, size, style, room.words),
  ];
}

/** Says when the run was, so that nobody takes its outcome for how things are now. */
function whenText({ createdAt, finishedAt }: RunView, now: Date): string {
  const begun = `Newest run: begun ${createdAt.slice(0, 19)}Z`;
  if (finishedAt === undefined) return `${begun}, under way`;
  const ago = Math.max(0, Math.round((now.getTime() - Date.parse(finishedAt)) / 1000));
  return `${begun}, ended ${describeDuration(ago)} ago as follows`;
}
