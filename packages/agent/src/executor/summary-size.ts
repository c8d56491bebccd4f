import { type AttemptSummary, MAX_MESSAGE_BYTES } from '@vhive/shared';

/** The bytes that are kept free for the envelope and the protocol around a summary. */
const OVERHEAD_BYTES = 16 * 1024;

/**
 * Returns a summary that fits into one message. A summary that is too long loses first its lists of changes and then
 * its outputs. An attempt without its outputs counts as failed, because later steps would miss them.
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

/**
 * Whether a summary has nothing in it that could be long. This is the usual case, and it saves writing the summary out
 * only to measure it.
 */
function isPlain({ tasks, outputs, failure }: AttemptSummary): boolean {
  if (failure || tasks.length > 100 || Object.keys(outputs).length > 0) return false;
  return tasks.every((task) => task.changes === undefined && task.failure === undefined);
}

function size(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
