import type { LogStore } from '../nats/log-store.ts';
import type { Operations } from './operations.ts';

/** The operations on the output of steps. */
export function logOperations(logs: LogStore): Pick<Operations, 'logs' | 'followLogs'> {
  return {
    logs: ({ run, node, phase }) => logs.read({ runId: run, node, phase }),
    followLogs: ({ run, node, phase }, { signal }) => logs.follow({ runId: run, node, phase }, signal),
  };
}
