import type { RunEventOf } from '@vhive/shared';
import { watchUnreachable } from './node-events.ts';
import type { StepPosition } from './state.ts';
import type { Transition } from './transition.ts';

/**
 * Handles the operator's wish to try again. The failed and skipped steps of the named nodes (of all nodes when none is
 * named) are to be done again, together with the failed steps that they need and the steps that were done without them.
 * A finished run is open again. Nodes that the operator removed stay away.
 */
export function runRetried(transition: Transition, event: RunEventOf<'run.retried'>): void {
  const { fields } = transition;
  const indexes = reopened(transition, event.nodes);
  // A failed run with nothing left to do is judged anew: without the nodes that were removed since, it may be ready.
  if (indexes.size === 0 && (fields.status === 'ready' || fields.status === 'running')) return;
  Object.assign(fields, { status: 'running', finishedAt: undefined, finishing: undefined, halt: undefined });
  transition.clearTimer('grace');
  if (fields.timeoutMs !== undefined) transition.setTimer('timeout', fields.now + fields.timeoutMs);
  reopenNodes(transition, indexes);
  for (const index of indexes) transition.reopen(index);
  const pending = [...fields.plan.steps.keys()].filter((index) => transition.step(index).position === 'pending');
  for (const index of pending) transition.update(index, { open: countOpen(transition, index) });
  for (const index of pending) {
    const { position, open } = transition.step(index);
    if (position === 'pending' && open === 0) transition.ready(index);
  }
}

const ended = (position: StepPosition) => position === 'failed' || position === 'skipped';

/**
 * Returns the steps to reopen: the failed and skipped ones of the named nodes, and the steps that these need if those
 * failed or if their outputs do not keep.
 */
function reopened(transition: Transition, nodes: readonly string[]): ReadonlySet<number> {
  const { lookup, plan } = transition.fields;
  const wanted = new Set(nodes);
  const result = new Set<number>();
  const isWanted = (index: number) => nodes.length === 0 || wanted.has(transition.planned(index).node);
  const work = [...plan.steps.keys()].filter((index) => isWanted(index) && ended(transition.step(index).position));
  for (let index = work.pop(); index !== undefined; index = work.pop()) {
    const { executor, node } = transition.planned(index);
    const isRemoved = transition.node(node)?.fate === 'removed' || transition.node(executor)?.fate === 'removed';
    if (result.has(index) || isRemoved) continue;
    result.add(index);
    const needs = lookup.needs[index] ?? [];
    work.push(...needs.filter((need) => ended(transition.step(need).position) || isStale(transition, need)));
  }
  // A step that needs one which stays failed, such as a removed node's, stays failed too. Needed steps stand earlier in
  // the plan, so one pass in order is enough.
  const isLost = (need: number) => ended(transition.step(need).position) && !result.has(need);
  for (const index of [...result].sort((a, b) => a - b)) if (lookup.needs[index]?.some(isLost)) result.delete(index);
  for (const index of wentOnWithout(transition, result)) result.add(index);
  return result;
}

/**
 * Returns the steps that are done although one that they had waited for failed, and the steps that need those. They
 * were done without it, as routes to the nodes that there were, and must be done again now.
 */
function wentOnWithout(transition: Transition, indexes: ReadonlySet<number>): ReadonlySet<number> {
  const { lookup } = transition.fields;
  const result = new Set<number>();
  const work = [...indexes].flatMap((index) => lookup.awaitedBy[index] ?? []);
  for (let index = work.pop(); index !== undefined; index = work.pop()) {
    const { executor, node } = transition.planned(index);
    const isRemoved = transition.node(node)?.fate === 'removed' || transition.node(executor)?.fate === 'removed';
    if (isRemoved || result.has(index) || transition.step(index).position !== 'done') continue;
    result.add(index);
    work.push(...(lookup.neededBy[index] ?? []), ...(lookup.awaitedBy[index] ?? []));
  }
  return result;
}

/** Whether a step is done but its outputs do not keep, as those of a token that expires. */
function isStale(transition: Transition, index: number): boolean {
  return transition.planned(index).volatile === true && transition.step(index).position === 'done';
}

/**
 * Begins another attempt after the pause that follows a failed one. Needed steps whose outputs do not keep are done
 * again before it.
 */
export function tryAgain(transition: Transition, index: number): void {
  const stale = (transition.fields.lookup.needs[index] ?? []).filter((need) => isStale(transition, need));
  const open = countOpen(transition, index);
  if (stale.length + open === 0) return transition.ready(index);
  transition.update(index, { position: 'pending', open });
  for (const need of stale) transition.reopen(need);
  for (const need of stale) {
    transition.update(need, { open: 0 });
    transition.ready(need);
  }
}

function reopenNodes(transition: Transition, indexes: ReadonlySet<number>): void {
  const involved = [...indexes].flatMap((index) => [
    transition.planned(index).node,
    transition.planned(index).executor,
  ]);
  for (const name of new Set(involved)) {
    const node = transition.node(name);
    if (node === undefined) continue;
    if (node.fate === 'failed') transition.setNode(name, { ...node, fate: 'ok', failure: undefined });
    // A node that is still unreachable gets its whole time again.
    if (node.unreachableSince !== undefined) watchUnreachable(transition, name, transition.at);
  }
}

function countOpen(transition: Transition, index: number): number {
  const { lookup } = transition.fields;
  const needs = (lookup.needs[index] ?? []).filter((need) => transition.step(need).position !== 'done');
  const after = (lookup.after[index] ?? []).filter((other) => {
    const { position } = transition.step(other);
    return position !== 'done' && !ended(position);
  });
  return needs.length + after.length;
}
