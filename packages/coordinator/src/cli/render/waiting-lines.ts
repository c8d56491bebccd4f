import type { ApplicantView, NodeView } from '@vhive/shared';
import { elapsedText } from '../duration.ts';
import { applicantLines, pendingLines } from './applicant-lines.ts';
import type { CommandWords } from './command-words.ts';
import { type Canvas, spinner } from './live/live-model.ts';
import type { Style } from './style.ts';
import { table } from './text-table.ts';
import { cut, widthOf, wrapped } from './text-width.ts';

/** The wait for nodes, as plain data. */
export interface WaitingModel {
  /** How many nodes must be reachable. */
  expected: number;
  nodes: readonly NodeView[];
  /** The hosts that asked to be let in and were refused; absent means none. */
  applicants?: readonly ApplicantView[] | undefined;
  /** The node that must be among them; undefined means the coordinator's own host, whatever its name. */
  controlPlane: string | undefined;
  /** The command to type on a host that is missing. */
  command: string;
  /** The command to type on the coordinator's own host when it has no agent; undefined when its agent is on its way. */
  ownCommand: string | undefined;
  /**
   * A join token for the hosts that are missing, made for this wait; undefined where none was made. It is a secret: only
   * a person's own terminal shows it.
   */
  token: string | undefined;
  /** How commands to type on this host are written. */
  words: CommandWords;
  /** Whether agents are on their way by themselves, so that there is nothing to type anywhere. */
  agentsComing: boolean;
  startedAt: Date;
  /** The time at which the wait is given up. */
  deadline: Date;
}

/** Returns the names of the nodes with a status, in order of enrolment. */
export function nodesBy(nodes: readonly NodeView[], status: NodeView['status']): string[] {
  return nodes
    .filter((node) => node.status === status)
    .toSorted((a, b) => a.enrolledAt.localeCompare(b.enrolledAt))
    .map(({ name }) => name);
}

/** Writes one line that says how many nodes have come. */
export function waitingSummary(model: WaitingModel): string {
  const reachable = nodesBy(model.nodes, 'reachable');
  const pending = nodesBy(model.nodes, 'pending');
  const unreachable = nodesBy(model.nodes, 'unreachable');
  const parts = [
    `waiting for nodes: ${reachable.length} of ${model.expected} reachable${list(reachable)}`,
    ...(unreachable.length > 0 ? [`${unreachable.length} unreachable${list(unreachable)}`] : []),
    ...(pending.length > 0 ? [`${pending.length} to be approved${list(pending)}`] : []),
  ];
  return parts.join('; ');
}

/** Returns how many hosts have no agent yet, besides this one. */
export function missingHosts({ nodes, controlPlane, expected, agentsComing }: WaitingModel): number {
  if (agentsComing) return 0;
  const own = controlPlane === undefined && !nodes.some((node) => node.local);
  const named = controlPlane !== undefined && !nodes.some((node) => node.name === controlPlane);
  return Math.max(named ? 1 : 0, expected - nodes.length - (own ? 1 : 0));
}

/** Writes what a person can do to bring in the nodes that are missing. Empty when none is. */
export function waitingAdvice(model: WaitingModel): string[] {
  const { nodes, controlPlane, words, token } = model;
  if (model.agentsComing) return [];
  const own = controlPlane === undefined && !nodes.some((node) => node.local);
  const named = controlPlane !== undefined && !nodes.some((node) => node.name === controlPlane);
  const missing = missingHosts(model);
  const lines: string[] = [];
  if (own && model.ownCommand !== undefined)
    lines.push('this host is to be the master and needs an agent too; on it, as root:', indent(model.ownCommand));
  const few = { most: 3, words };
  lines.push(...pendingLines(nodes, few), ...applicantLines(model.applicants ?? [], few));
  if (missing > 0) {
    const hosts = missing === 1 ? 'the missing host' : `each of the ${missing} missing hosts`;
    const master = named ? ` (the master, ${controlPlane}, among them)` : '';
    const way = token === undefined ? ', with a join token (else it waits for approval)' : '';
    lines.push(`on ${hosts}${master}, as root${way}:`, indent(agentLine(model)));
    if (token === undefined) lines.push('make the token on this host:', indent(words.coord('token create')));
  }
  return lines;
}

/** Writes the whole command for a host that is missing, to be copied. */
function agentLine({ command, token }: WaitingModel): string {
  return `VHIVE_TOKEN=${token ?? '<token>'} ${command}`;
}

/**
 * Returns a text that changes when there is something new to advise. That fewer hosts are missing than before is not
 * new.
 */
export function adviceTopics(model: WaitingModel): string {
  return waitingAdvice(model)
    .filter((line) => line.startsWith('  '))
    .join('\n');
}

/** Draws the picture on a terminal. */
export function renderWaiting(model: WaitingModel, canvas: Canvas, style: Style): string[] {
  const seconds = (canvas.now.getTime() - model.startedAt.getTime()) / 1000;
  const left = (model.deadline.getTime() - canvas.now.getTime()) / 1000;
  const reachable = nodesBy(model.nodes, 'reachable').length;
  const heading = `${elapsedText(seconds)}  waiting for nodes: ${reachable} of ${model.expected} reachable, giving up in ${elapsedText(left)}`;
  const advice = adviceFor(model, canvas.width);
  const room = Math.max(1, canvas.height - advice.length - 6);
  const nodes = model.nodes.toSorted((a, b) => rank(a) - rank(b) || a.enrolledAt.localeCompare(b.enrolledAt));
  const signs = { reachable: '✔', unreachable: '!', pending: '?' } as const;
  const colours = { reachable: style.good, unreachable: style.bad, pending: style.warn } as const;
  const rows = nodes
    .slice(0, room)
    .map((node) => [
      { text: signs[node.status], style: colours[node.status] },
      { text: node.name },
      { text: node.address },
      { text: node.status, style: colours[node.status] },
      { text: `${node.facts.os.name}, ${node.facts.cpus} CPUs${node.local ? ', this host' : ''}` },
    ]);
  const columns = ['', 'NODE', 'ADDRESS', 'STATUS', 'HOST'].map((heading) => ({
    heading,
    elastic: heading === 'HOST',
  }));
  const more = nodes.length - rows.length;
  return [
    `${style.busy(spinner(canvas.frame))} ${style.bold(cut(heading, canvas.width - 2))}`,
    ...(rows.length > 0 ? ['', ...table(columns, rows, { width: canvas.width, heading: style.dim })] : []),
    ...(more > 0 ? [style.dim(`  and ${more} more`)] : []),
    '',
    ...advice,
  ];
}

/**
 * Writes the advice for a picture. Commands that are too long for a line stand above it, where the terminal itself
 * breaks them and they can be copied in one piece.
 */
function adviceFor(model: WaitingModel, width: number): string[] {
  return waitingAdvice(model).flatMap((line) => {
    if (widthOf(line) <= width) return [line];
    return line.startsWith('  ') ? ['  (the command above)'] : wrapped(line, width, '  ');
  });
}

/** Writes the commands that are too long for a line of the picture, each with what it is for; empty where all fit. */
export function longCommands(model: WaitingModel, width: number): string[] {
  const lines = waitingAdvice(model);
  return lines.flatMap((line, index) =>
    line.startsWith('  ') && widthOf(line) > width ? [lines[index - 1] ?? '', line.trimStart()] : [],
  );
}

/** Ranks nodes so that those that need a person come first. */
function rank(node: NodeView): number {
  return node.status === 'pending' ? 0 : node.status === 'unreachable' ? 1 : 2;
}

function list(names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 8).join(', ');
  return ` (${shown}${names.length > 8 ? `, and ${names.length - 8} more` : ''})`;
}

function indent(line: string): string {
  return `  ${line}`;
}
