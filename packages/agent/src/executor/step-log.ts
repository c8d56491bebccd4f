import type { LogBatch } from '@vhive/shared';
import type { Publisher } from './ports.ts';

type Line = LogBatch['lines'][number];

/** A line is cut to at most this many characters before it is sent. */
export const MAX_LINE_LENGTH = 4_096;

/** The limits by which lines are gathered into batches before they are sent. */
export interface StepLogLimits {
  /** A batch waits at most this many milliseconds for further lines. */
  flushAfterMs: number;
  maxBatchLines: number;
  maxBatchBytes: number;
  /** Lines that wait to be sent take at most this much memory. Newer lines are then dropped and counted. */
  maxWaitingBytes: number;
}

/** The limits that agents use. */
export const stepLogLimits: StepLogLimits = {
  flushAfterMs: 200,
  maxBatchLines: 100,
  maxBatchBytes: 256 * 1024,
  maxWaitingBytes: 4 * 1024 * 1024,
};

/** The log of one attempt: gathers its output into batches and sends them to the coordinator. */
export interface StepLog {
  /** Adds a line. The caller must have redacted `text` already. */
  write(taskId: string, stream: Line['stream'], text: string): void;
  /**
   * Tells that no more lines come. What still waits is sent in the background; the promise resolves when all of it was
   * sent.
   */
  end(): Promise<void>;
}

/** Starts the log of an attempt. It sends nothing before the first line is written. */
export function createStepLog(
  head: Omit<LogBatch, 'type' | 'lines'>,
  publisher: Pick<Publisher, 'log' | 'ready'>,
  limits: StepLogLimits = stepLogLimits,
): StepLog {
  let waiting: Line[] = [];
  let waitingBytes = 0;
  let dropped = 0;
  let batches = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;

  const takeBatch = (): Line[] => {
    let bytes = 0;
    let count = 0;
    for (const line of waiting) {
      bytes += sizeOf(line);
      if (count > 0 && (count >= limits.maxBatchLines || bytes > limits.maxBatchBytes)) break;
      count++;
    }
    const lines = waiting.slice(0, count);
    waiting = waiting.slice(count);
    for (const line of lines) waitingBytes -= sizeOf(line);
    return lines;
  };

  const sendAll = async () => {
    while (waiting.length > 0) {
      const lines = takeBatch();
      const last = lines.at(-1);
      if (dropped > 0 && waiting.length === 0 && last) {
        lines.push({
          ...last,
          stream: 'agent',
          text: `${dropped} lines dropped: the coordinator could not be reached`,
        });
        dropped = 0;
      }
      const batch: LogBatch = { type: 'log', ...head, lines };
      const id = `${head.attemptId}-log-${batches++}`;
      for (;;) {
        await publisher.ready();
        const sent = await publisher.log(batch, id).then(
          () => true,
          () => false,
        );
        if (sent) break;
      }
    }
  };

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
    return sending;
  };

  return {
    write(taskId, stream, text) {
      const line: Line = { at: new Date().toISOString(), taskId, stream, text: cut(text) };
      const size = sizeOf(line);
      if (waitingBytes + size > limits.maxWaitingBytes) {
        dropped++;
        return;
      }
      waiting.push(line);
      waitingBytes += size;
      if (waiting.length >= limits.maxBatchLines || waitingBytes >= limits.maxBatchBytes) void flush();
      else timer ??= setTimeout(flush, limits.flushAfterMs);
    },
    end: () => (waiting.length > 0 || sending ? flush() : Promise.resolve()),
  };
}

/** Estimates how many bytes a line takes on the wire. */
function sizeOf(line: Line): number {
  return 100 + line.taskId.length + Buffer.byteLength(line.text);
}

function cut(text: string): string {
  return text.length <= MAX_LINE_LENGTH ? text : `${text.slice(0, MAX_LINE_LENGTH - 1)}…`;
}
