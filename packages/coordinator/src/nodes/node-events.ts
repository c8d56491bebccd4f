import { EventEmitter } from 'node:events';

/** Events of a registry. `changed` follows every change a person may want to see, also those with an own event. */
export interface NodeEvents {
  changed: [node: string];
  approved: [node: string];
  reachable: [node: string];
  /** lastSeen: when the last sign of life came, or since when one was expected. */
  unreachable: [node: string, lastSeen: Date];
  removed: [node: string];
}

/** An emitter without a limit of listeners: every pending enrolment is one. */
export function nodeEvents(): EventEmitter<NodeEvents> {
  return new EventEmitter<NodeEvents>().setMaxListeners(0);
}

/** Waits for the next `changed` event of one node, or for `signal`. */
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
