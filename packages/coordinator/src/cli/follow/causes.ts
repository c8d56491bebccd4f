import { COORDINATOR, type Failure } from '@vhive/shared';
import type { FailedStep } from './run-report.ts';

/** One cause, with the nodes on which it was met. */
export interface Cause {
  nodes: string[];
  phase?: string;
  /** The failure in the words of the first of these nodes. */
  failure: Failure;
}

/** Gathers failures that differ in nothing but the node and measured amounts, in order of the first of each kind. */
export function causesOf(failures: readonly FailedStep[]): Cause[] {
  const byKey = Map.groupBy(failures, (one) => JSON.stringify([one.phase, keyOf(one)]));
  return [...byKey.values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined ? [] : [{ ...first, nodes: [...new Set(alike.map(({ node }) => node))] }];
  });
}

/** Splits the refusal of a host that names several things into one failure for each of them. */
export function oneByOne(one: FailedStep): FailedStep[] {
  const [head = '', ...rest] = one.failure.message.split('\n');
  if (!/^\d+ things stand in the way:$/.test(head) || !rest.every((line) => line.startsWith('  - '))) return [one];
  return rest.map((line) => ({ ...one, failure: { ...one.failure, message: line.slice('  - '.length) } }));
}

function keyOf({ node, failure: { message, hint } }: FailedStep): string {
  return [message, hint ?? ''].map((text) => alike(text, node)).join('\n');
}

const amounts = /\d+(\.\d+)?(?= ?(%|[KMGT]i?B\b|bytes\b|ms\b|s\b|min\b|h\b))/g;

/** Returns a text without what may differ between nodes that say the same: their names and amounts. */
export function alike(text: string, node: string): string {
  // Names of nodes are of letters, digits and hyphens, so that nothing in them needs to be escaped.
  const name = new RegExp(`(?<![\\w.-])${node}(?![\\w-])`, 'g');
  return text.replace(name, '<node>').replace(amounts, '<amount>');
}

/** Writes names for a sentence: all of a few, and of many the first ones and how many more. */
export function namesText(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).map((name) => (name === COORDINATOR ? 'coordinator' : name));
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}
