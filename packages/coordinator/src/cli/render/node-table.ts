import type { NodeView, RunView } from '@vhive/shared';
import { elapsedText } from '../duration.ts';
import type { Style } from './style.ts';
import { type Cell, type Column, table } from './text-table.ts';

/** A clock that is off by more than this many milliseconds is worth a column. */
const CLOCK_WORTH_SAYING_MS = 250;

/** What the table depends on besides the nodes. */
interface Room {
  width: number;
  now: Date;
  /** The newest run, which tells the roles of nodes; null where there was none. */
  run: RunView | null;
}

/** A column, and what stands in it. */
type NodeColumn = Column & { cell: (node: NodeView) => Cell };

/** Writes all nodes, one per row: their part in the cluster, and how they are. Columns that say nothing are left out. */
export function nodeTable(nodes: readonly NodeView[], room: Room, style: Style): string[] {
  const columns = columnsFor(nodes, room, style);
  const rows = nodes
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .map((node) => columns.map(({ cell }) => cell(node)));
  return table(columns, rows, { width: room.width, heading: style.dim });
}

function columnsFor(nodes: readonly NodeView[], { now, run }: Room, style: Style): NodeColumn[] {
  const colours = { reachable: style.good, unreachable: style.bad, pending: style.warn } as const;
  const right = 'right' as const;
  const isOff = (node: NodeView) => Math.abs(node.clockOffsetMs ?? 0) > CLOCK_WORTH_SAYING_MS;
  const clock: NodeColumn = {
    ...{ heading: 'CLOCK', align: right },
    cell: (node) => ({ text: clockText(node.clockOffsetMs), ...(isOff(node) ? { style: style.warn } : {}) }),
  };
  const dropped: NodeColumn = {
    ...{ heading: 'DROPPED', align: right },
    cell: (node) => ({ text: rejectedText(node.rejected), style: style.warn }),
  };
  return [
    { heading: 'NODE', cell: ({ name }) => ({ text: name }) },
    { heading: 'STATUS', cell: (node) => ({ text: node.status, style: colours[node.status] }) },
    { heading: 'ROLE', cell: (node) => ({ text: roleOf(node, run) }) },
    { heading: 'KUBERNETES', cell: (node) => ({ text: membershipOf(node, run) }) },
    { heading: 'ADDRESS', cell: (node) => ({ text: node.address }) },
    { heading: 'SEEN', cell: (node) => ({ text: node.lastSeen === null ? 'never' : ago(node.lastSeen, now) }) },
    ...(nodes.some(isOff) ? [clock] : []),
    ...(nodes.some(({ rejected }) => rejectedText(rejected) !== '') ? [dropped] : []),
    {
      ...{ heading: 'LOAD', align: right, optional: true },
      cell: (node) => ({ text: node.load === null ? '' : node.load[0].toFixed(2) }),
    },
    { heading: 'HOST', elastic: true, optional: true, cell: (node) => ({ text: hostText(node) }) },
  ];
}

/** The part that a node has in the cluster: that of the newest run, or what its host was when its agent came. */
function roleOf({ name, facts }: NodeView, run: RunView | null): string {
  if (run?.nodes.some((node) => node.name === name)) return run.controlPlane === name ? 'master' : 'worker';
  return facts.kubernetes.controlPlane ? 'master' : facts.kubernetes.joined ? 'worker' : '-';
}

/** Whether a node is a member of Kubernetes, as far as the newest run or its host tell. */
function membershipOf({ name, facts }: NodeView, run: RunView | null): string {
  const joins =
    run?.steps.filter(({ node, phase }) => node === name && ['join', 'control-plane'].includes(phase)) ?? [];
  const joined = run?.mode === 'apply' && joins.length > 0 && joins.every(({ status }) => status === 'done');
  return joined || facts.kubernetes.joined ? 'member' : '-';
}

/**
 * Writes how long ago something was: `3s ago`. The coordinator and the CLI run on the same host, so their clocks
 * agree.
 */
function ago(time: string, now: Date): string {
  return `${elapsedText((now.getTime() - Date.parse(time)) / 1000)} ago`;
}

function clockText(offsetMs: number | null): string {
  if (offsetMs === null) return '';
  const rounded = Math.round(offsetMs);
  return `${rounded > 0 ? '+' : ''}${rounded} ms`;
}

function rejectedText(rejected: Record<string, number>): string {
  const sum = Object.values(rejected).reduce((total, count) => total + count, 0);
  return sum === 0 ? '' : String(sum);
}

function hostText({ facts, agentVersion, local }: NodeView): string {
  const memory = `${(facts.memoryBytes / 2 ** 30).toFixed(1)} GiB`;
  const what = `${facts.os.name} ${facts.arch}, ${facts.cpus} CPUs, ${memory}, agent ${agentVersion}`;
  return `${facts.simulated ? 'simulated: ' : ''}${local ? 'this host, ' : ''}${what}`;
}
