import { type ApplicantView, type NodeView, printable } from '@vhive/shared';
import type { CommandWords } from './command-words.ts';

/** How much is written, and how commands are. */
export interface ApplicantRoom {
  /** So many hosts are named, the rest is a number. */
  most: number;
  words: CommandWords;
}

/** Writes for each node that waits for approval how it is let in. */
export function pendingLines(nodes: readonly NodeView[], { most, words }: ApplicantRoom): string[] {
  const pending = nodes.filter(({ status }) => status === 'pending');
  if (pending.length === 0) return [];
  const more = pending.length - most;
  return [
    'let a pending node in, if its agent shows the same key, on this host:',
    ...pending.slice(0, most).map(({ name, key }) => `  ${approveCommand(name, key, words)}`),
    ...(more > 0 ? [`  (${more} more: ${words.coord('nodes ls')})`] : []),
  ];
}

/** Writes who asked to be let in and was refused, why, and what can be done. */
export function applicantLines(applicants: readonly ApplicantView[], { most, words }: ApplicantRoom): string[] {
  const more = applicants.length - most;
  return [
    ...applicants.slice(0, most).flatMap((one) => about(one, words)),
    ...(more > 0 ? [`  (${more} more: ${words.coord('nodes ls')})`] : []),
  ];
}

function about(one: ApplicantView, words: CommandWords): string[] {
  const who = `the host at ${one.address} (${one.hostname}) asks for the name ${one.node}`;
  return [
    printable(`refused: ${who}: ${one.message}`),
    `  ${printable(one.hint)}`,
    ...(one.approvable ? [`  to let it in instead: ${approveCommand(one.node, one.key, words)}`] : []),
  ];
}

/** The command that lets in the host that asks for a name with this key, and no other. */
function approveCommand(name: string, key: string, words: CommandWords): string {
  return words.coord(`nodes approve ${name}:${key}`);
}
