import { UNREACHABLE_AFTER_MS } from '@vhive/shared';

/** Watches the signs of life of all nodes with one timer. */
export interface Reachability {
  /** Expects signs of life of a node from now on. The node counts as neither reachable nor unreachable yet. */
  watch(node: string): void;
  /** Notes a sign of life. Returns true when the node was not reachable before. */
  seen(node: string): boolean;
  forget(node: string): void;
  /** Returns whether a sign of life came within {@link UNREACHABLE_AFTER_MS}. */
  isReachable(node: string): boolean;
  /** Returns when the last sign of life came, or undefined when none came since this process started. */
  lastSeen(node: string): Date | undefined;
  close(): void;
}

interface Watched {
  state: 'unknown' | 'reachable' | 'unreachable';
  lastSeen: Date | undefined;
  /**
   * The value of performance.now() after which silence makes the node unreachable. It is monotonic, so setting the
   * clock makes no node unreachable.
   */
  deadline: number;
}

/**
 * Starts the watch. `onUnreachable` is called once for each node that falls silent. Its `since` is the last sign of
 * life of the node, or the time at which it was first watched.
 */
export function watchReachability(
  onUnreachable: (node: string, since: Date) => void,
  silenceMs: number = UNREACHABLE_AFTER_MS,
): Reachability {
  const nodes = new Map<string, Watched & { watchedSince: Date }>();
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;

  function schedule(): void {
    if (timer !== undefined) return;
    let next = Number.POSITIVE_INFINITY;
    for (const node of nodes.values()) if (node.state !== 'unreachable') next = Math.min(next, node.deadline);
    if (next === Number.POSITIVE_INFINITY) return;
    due = next;
    timer = setTimeout(look, Math.max(0, next - performance.now()) + 5).unref();
  }

  function look(): void {
    timer = undefined;
    const now = performance.now();
    // A coordinator that was itself stopped or starved has not yet read what was sent meanwhile, so every node gets
    // that time in addition.
    const late = now - due;
    if (late > silenceMs / 10) for (const node of nodes.values()) node.deadline += late;
    for (const [name, node] of nodes) {
      if (node.state === 'unreachable' || node.deadline > now) continue;
      node.state = 'unreachable';
      onUnreachable(name, node.lastSeen ?? node.watchedSince);
    }
    schedule();
  }

  return {
    watch(name) {
      const now = new Date();
      const deadline = performance.now() + silenceMs;
      nodes.set(name, { state: 'unknown', lastSeen: undefined, watchedSince: now, deadline });
      schedule();
    },
    seen(name) {
      const node = nodes.get(name);
      if (node === undefined) return false;
      const before = node.state;
      node.state = 'reachable';
      node.lastSeen = new Date();
      node.deadline = performance.now() + silenceMs;
      schedule();
      return before !== 'reachable';
    },
    forget: (name) => void nodes.delete(name),
    isReachable: (name) => nodes.get(name)?.state === 'reachable',
    lastSeen: (name) => nodes.get(name)?.lastSeen,
    close() {
      clearTimeout(timer);
      nodes.clear();
    },
  };
}
