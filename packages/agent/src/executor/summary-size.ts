import { type AttemptSummary, MAX_MESSAGE_BYTES } from '@vhive/shared';

/** Room for the envelope and the protocol around a summary, bytes. */
const OVERHEAD_BYTES = 16 * 1024;

/**
 * A summary that fits into one message. One that does not loses, in this order, the lists of changes and the outputs;
 * without its outputs the attempt counts as failed, because later steps would miss them.
 */
export function fitSummary(summary: AttemptSummary, maxBytes = MAX_MESSAGE_BYTES - OVERHEAD_BYTES): AttemptSummary {
  if (isPlain(summary) || size(summary) <= maxBytes) return summary;
  const tasks = summary.tasks.map(({ changes, ...task }) =>
    changes ? { ...task, changes: [`${changes.length} changes (too long to send)`] } : task,
  );
  const shorter = { ...summary, tasks };
  if (size(shorter) <= maxBytes) return shorter;
  return {
    ...shorter,
    outcome: 'failed',
    outputs: {},
    failure: summary.failure ?? {
      code: 'internal',
      message: `the outputs of the step take more than ${maxBytes} bytes`,
      permanent: true,
    },
  };
}

/** Nothing in it that could be long: the usual case need not be written out just to be measured. */
function isPlain({ tasks, outputs, failure }: AttemptSummary): boolean {
  if (failure || tasks.length > 100 || Object.keys(outputs).length > 0) return false;
  return tasks.every((task) => task.changes === undefined && task.failure === undefined);
}

function size(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
