import type { LogLine, RunView } from '@vhive/shared';

/** Which of the lines are wanted. What is absent lets all pass. */
export interface LineChoice {
  /** Only lines from this time on, in milliseconds since 1970. */
  since?: number | undefined;
  /** Only lines of the tasks that failed in this run. */
  failedIn?: RunView | undefined;
}

/** Passes on the lines that are chosen. */
export async function* chosenLines(
  lines: AsyncIterable<LogLine>,
  { since, failedIn }: LineChoice,
): AsyncGenerator<LogLine> {
  const failed = failedIn && failedTasks(failedIn);
  for await (const line of lines) {
    if (since !== undefined && Date.parse(line.at) < since) continue;
    if (failed && !failed.has(`${line.stepId} ${line.taskId}`)) continue;
    yield line;
  }
}

function failedTasks({ steps }: RunView): Set<string> {
  return new Set(
    steps.flatMap(({ id, tasks }) =>
      tasks.filter(({ status }) => status === 'failed').map((task) => `${id} ${task.id}`),
    ),
  );
}

/** Passes on the last so many lines, when all have come. */
export async function* lastLines(lines: AsyncIterable<LogLine>, count: number): AsyncGenerator<LogLine> {
  const kept: LogLine[] = [];
  for await (const line of lines) {
    kept.push(line);
    // Cutting off many at once keeps the cost of each line constant.
    if (kept.length > 2 * count + 1000) kept.splice(0, kept.length - count);
  }
  yield* count === 0 ? [] : kept.slice(-count);
}

/** Passes on all but the first so many lines. */
export async function* withoutFirst(lines: AsyncIterable<LogLine>, count: number): AsyncGenerator<LogLine> {
  let seen = 0;
  for await (const line of lines) if (++seen > count) yield line;
}
