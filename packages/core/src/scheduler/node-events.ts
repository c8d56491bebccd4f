import type { Failure, RunEventOf } from '@vhive/shared';
import { causeOf } from './not-run.ts';
import { isoOf, millisecondsOf } from './time.ts';
import type { Transition } from './transition.ts';

/**
 * The least time that an unreachable node gets from the moment when it was found unreachable, in milliseconds. Its last
 * sign of life may be older than that without its fault: while the coordinator was being restarted, nobody could hear
 * it.
 */
const MIN_UNREACHABLE_MS = 15_000;

/**
 * Handles the event that a node gives no sign of life. What the node does goes on, nothing new is sent to it, and it is
 * given up after a while.
 */
export function nodeUnreachable(transition: Transition, event: RunEventOf<'node.unreachable'>): void {
  const node = transition.node(event.node);
  if (node === undefined || node.fate === 'removed' || node.unreachableSince !== undefined) return;
  transition.setNode(event.node, { ...node, unreachableSince: event.lastSeen });
  if (transition.fields.status === 'running') watchUnreachable(transition, event.node, event.lastSeen);
}

/** Sets the time at which an unreachable node is given up. */
export function watchUnreachable(transition: Transition, node: string, lastSeen: string): void {
  const { giveUpAfterMs, now } = transition.fields;
  const byLastSeen = millisecondsOf(lastSeen) + giveUpAfterMs;
  transition.setTimer(`node ${node}`, Math.max(byLastSeen, now + Math.min(giveUpAfterMs, MIN_UNREACHABLE_MS)));
}

/** Handles the event that an unreachable node is back: the steps that waited for it go on. */
export function nodeReachable(transition: Transition, event: RunEventOf<'node.reachable'>): void {
  const node = transition.node(event.node);
  if (node?.unreachableSince === undefined) return;
  transition.setNode(event.node, { ...node, unreachableSince: undefined });
  transition.clearTimer(`node ${event.node}`);
  transition.unpark(event.node);
}

/** Handles the event that the operator removed a node: it takes no further part in the run. */
export function nodeRemoved(transition: Transition, event: RunEventOf<'node.removed'>): void {
  const node = transition.node(event.node);
  if (node === undefined || node.fate === 'removed') return;
  transition.clearTimer(`node ${event.node}`);
  dropNode(transition, event.node, 'removed', {
    code: 'removed',
    message: `${event.node} was removed by the operator`,
    hint: 'to let it in again, start its agent with a new join token: vhive-coord token create',
    permanent: true,
  });
}

/** Gives up a node that was unreachable for too long. A node that has nothing left to do does not fail by this. */
export function giveUpNode(transition: Transition, name: string): void {
  const since = transition.node(name)?.unreachableSince;
  if (since === undefined) return;
  const seconds = Math.round((transition.fields.now - millisecondsOf(since)) / 1000);
  dropNode(transition, name, 'failed', {
    code: 'unreachable',
    message: `${name} is unreachable since ${isoOf(millisecondsOf(since))} and was given up after ${seconds} s`,
    hint: `look at the agent on ${name} (systemctl status vhive-agent), then: vhive-coord retry`,
  });
}

function dropNode(transition: Transition, name: string, fate: 'failed' | 'removed', failure: Failure): void {
  const { lookup } = transition.fields;
  const indexes = new Set([...(lookup.ofNode.get(name) ?? []), ...(lookup.ofExecutor.get(name) ?? [])]);
  const open = [...indexes].filter((index) => !['done', 'failed', 'skipped'].includes(transition.step(index).position));
  if (open.length > 0 || fate === 'removed') transition.failNode(name, failure, fate);
  for (const index of open) {
    const { executor, id, node } = transition.planned(index);
    // A step for this node that another one carries out will still end by itself. A step that this node carries out
    // never will.
    if (executor !== name) continue;
    if (transition.step(index).position !== 'running') {
      transition.skip(index, causeOf(id, failure));
      transition.failNode(node, causeOf(id, failure));
      continue;
    }
    transition.release(index);
    if (fate === 'removed' && node === name) transition.end(index, { position: 'failed', failure });
    else transition.fail(index, failure);
  }
}
