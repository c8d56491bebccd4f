import type { RunEventOf } from '@vhive/shared';
import { watchUnreachable } from './node-events.ts';
import type { StepPosition } from './state.ts';
import type { Transition } from './transition.ts';

/**
 * Failed and skipped steps of the named nodes (of all, when none is named) are to be done again, with whatever else
 * they need that failed, and what was done without them. A finished run is open again. What the operator removed stays away.
 */
export function runRetried(transition: Transition, event: RunEventOf<'run.retried'>): void {
  const { fields } = transition;
  const places = reopened(transition, event.nodes);
  // With nothing left to do a run that failed is judged anew: without nodes that were removed it may be ready.
  if (places.size === 0 && (fields.status === 'ready' || fields.status === 'running')) return;
  Object.assign(fields, { status: 'running', finishedAt: undefined, finishing: undefined, halt: undefined });
  transition.clearTimer('grace');
  if (fields.timeoutMs !== undefined) transition.setTimer('timeout', fields.now + fields.timeoutMs);
  reopenNodes(transition, places);
  for (const place of places) transition.reopen(place);
  const pending = [...fields.plan.steps.keys()].filter((place) => transition.step(place).position === 'pending');
  for (const place of pending) transition.update(place, { open: countOpen(transition, place) });
  for (const place of pending) {
    const { position, open } = transition.step(place);
    if (position === 'pending' && open === 0) transition.ready(place);
  }
}

const ended = (position: StepPosition) => position === 'failed' || position === 'skipped';

/** The steps to reopen: those of the nodes that failed, and what these need, as far as it failed or does not keep. */
function reopened(transition: Transition, nodes: readonly string[]): ReadonlySet<number> {
  const { index, plan } = transition.fields;
  const wanted = new Set(nodes);
  const result = new Set<number>();
  const isWanted = (place: number) => nodes.length === 0 || wanted.has(transition.planned(place).node);
  const work = [...plan.steps.keys()].filter((place) => isWanted(place) && ended(transition.step(place).position));
  for (let place = work.pop(); place !== undefined; place = work.pop()) {
    const { executor, node } = transition.planned(place);
    const isRemoved = transition.node(node)?.fate === 'removed' || transition.node(executor)?.fate === 'removed';
    if (result.has(place) || isRemoved) continue;
    result.add(place);
    const needs = index.needs[place] ?? [];
    work.push(...needs.filter((need) => ended(transition.step(need).position) || isStale(transition, need)));
  }
  // What needs something that stays failed (a removed node's) stays so too. Needs stand earlier: one pass does.
  const isLost = (need: number) => ended(transition.step(need).position) && !result.has(need);
  for (const place of [...result].sort((a, b) => a - b)) if (index.needs[place]?.some(isLost)) result.delete(place);
  for (const place of wentOnWithout(transition, result)) result.add(place);
  return result;
}

/**
 * Steps that are done, but had waited for one of these that then failed (and what needs them): done without it, such as
 * routes to the nodes there were.
 */
function wentOnWithout(transition: Transition, places: ReadonlySet<number>): ReadonlySet<number> {
  const { index } = transition.fields;
  const result = new Set<number>();
  const work = [...places].flatMap((place) => index.awaitedBy[place] ?? []);
  for (let place = work.pop(); place !== undefined; place = work.pop()) {
    const { executor, node } = transition.planned(place);
    const isRemoved = transition.node(node)?.fate === 'removed' || transition.node(executor)?.fate === 'removed';
    if (isRemoved || result.has(place) || transition.step(place).position !== 'done') continue;
    result.add(place);
    work.push(...(index.neededBy[place] ?? []), ...(index.awaitedBy[place] ?? []));
  }
  return result;
}

/** Done, but with outputs that do not keep. */
function isStale(transition: Transition, place: number): boolean {
  return transition.planned(place).volatile === true && transition.step(place).position === 'done';
}

/** The pause after a failed attempt is over: another one, after what it needs and does not keep was done again. */
export function tryAgain(transition: Transition, place: number): void {
  const stale = (transition.fields.index.needs[place] ?? []).filter((need) => isStale(transition, need));
  const open = countOpen(transition, place);
  if (stale.length + open === 0) return transition.ready(place);
  transition.update(place, { position: 'pending', open });
  for (const need of stale) transition.reopen(need);
  for (const need of stale) {
    transition.update(need, { open: 0 });
    transition.ready(need);
  }
}

function reopenNodes(transition: Transition, places: ReadonlySet<number>): void {
  const involved = [...places].flatMap((place) => [transition.planned(place).node, transition.planned(place).executor]);
  for (const name of new Set(involved)) {
    const node = transition.node(name);
    if (node === undefined) continue;
    if (node.fate === 'failed') transition.setNode(name, { ...node, fate: 'ok', failure: undefined });
    // Still unreachable: it gets its whole time again.
    if (node.unreachableSince !== undefined) watchUnreachable(transition, name, transition.at);
  }
}

function countOpen(transition: Transition, place: number): number {
  const { index } = transition.fields;
  const needs = (index.needs[place] ?? []).filter((need) => transition.step(need).position !== 'done');
  const after = (index.after[place] ?? []).filter((other) => {
    const { position } = transition.step(other);
    return position !== 'done' && !ended(position);
  });
  return needs.length + after.length;
}
