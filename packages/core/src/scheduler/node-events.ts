import type { Failure, RunEventOf } from '@vhive/shared';
import { causeOf } from './not-run.ts';
import { isoOf, millisecondsOf } from './time.ts';
import type { Transition } from './transition.ts';

/**
 * An unreachable node gets at least this long from the moment it was found so, milliseconds, whatever its last sign of
 * life: after a restart of the coordinator nobody could have heard it.
 */
const MIN_UNREACHABLE_MS = 15_000;

/** No sign of life: what it does goes on, nothing new is sent to it, and it is given up after a while. */
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

/** It is back: what waited for it goes on. */
export function nodeReachable(transition: Transition, event: RunEventOf<'node.reachable'>): void {
  const node = transition.node(event.node);
  if (node?.unreachableSince === undefined) return;
  transition.setNode(event.node, { ...node, unreachableSince: undefined });
  transition.clearTimer(`node ${event.node}`);
  transition.unpark(event.node);
}

/** The operator took it away. */
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

/** It was unreachable for too long. A node with nothing left to do is let be. */
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
  const { index } = transition.fields;
  const places = new Set([...(index.ofNode.get(name) ?? []), ...(index.ofExecutor.get(name) ?? [])]);
  const open = [...places].filter((place) => !['done', 'failed', 'skipped'].includes(transition.step(place).position));
  if (open.length > 0 || fate === 'removed') transition.failNode(name, failure, fate);
  for (const place of open) {
    const { executor, id, node } = transition.planned(place);
    // A step for this node that another one carries out answers by itself; a step it carries out never will.
    if (executor !== name) continue;
    if (transition.step(place).position !== 'running') {
      transition.skip(place, causeOf(id, failure));
      transition.failNode(node, causeOf(id, failure));
      continue;
    }
    transition.release(place);
    if (fate === 'removed' && node === name) transition.end(place, { position: 'failed', failure });
    else transition.fail(place, failure);
  }
}
