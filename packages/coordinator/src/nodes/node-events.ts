import { EventEmitter } from 'node:events';

/**
 * The events of the node registry. `changed` follows every change that a person may want to see, also the changes that
 * have an event of their own.
 */
export interface NodeEvents {
  changed: [node: string];
  approved: [node: string];
  reachable: [node: string];
  /** `lastSeen` is the time of the node's last sign of life, or the time since which one was expected. */
  unreachable: [node: string, lastSeen: Date];
  removed: [node: string];
}

/** Makes an emitter without a limit on the number of listeners, because every pending enrolment is a listener. */
export function nodeEvents(): EventEmitter<NodeEvents> {
  return new EventEmitter<NodeEvents>().setMaxListeners(0);
}

/** Waits for the next `changed` event of one node, or until `signal` aborts. */
export function changeOf(events: EventEmitter<NodeEvents>, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      events.off('changed', look);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const look = (changed: string) => {
      if (changed === name) done();
    };
    events.on('changed', look);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
