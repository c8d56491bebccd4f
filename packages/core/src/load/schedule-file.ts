import {
  MOST_SHOTS,
  messageOf,
  type Schedule,
  type ScheduleHead,
  type Shot,
  scheduleHead,
  shot as shotSchema,
  VhiveError,
} from '@vhive/shared';
import type * as z from 'zod';

/** Writes a schedule as the lines of its file, each with its newline. The shots are gone through twice. */
export function* scheduleLines({ shots, ...said }: Schedule): Generator<string, void, undefined> {
  let count = 0;
  for (const _ of shots) count++;
  const head: ScheduleHead = { version: 1, ...said, count };
  yield `${JSON.stringify(head)}\n`;
  for (const shot of shots) yield `${JSON.stringify(shot)}\n`;
}

/**
 * Reads the text of a schedule file. Throws `usage`, with the line, for what is no schedule: a line that is no shot, a
 * shot for an endpoint that there is not or before the one above it, and a file that is cut off.
 * @param where the name of the file, for errors
 */
export function parseSchedule(text: string, where: string): Schedule {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const [first = '', ...rest] = lines;
  const { version: _, count, ...head } = parseLine(scheduleHead, first, where, 1);
  if (rest.length !== count)
    throw wrong(where, lines.length, `its first line says ${count} shots, but ${rest.length} lines follow`);
  let before = 0;
  const shots = rest.map((line, index): Shot => {
    const shot = parseLine(shotSchema, line, where, index + 2);
    if (shot.endpoint >= head.endpoints.length)
      throw wrong(where, index + 2, `endpoint ${shot.endpoint} is not one of the ${head.endpoints.length} in line 1`);
    if (shot.atMs < before)
      throw wrong(where, index + 2, `atMs ${shot.atMs} is before that of the line above, ${before}`);
    before = shot.atMs;
    return shot;
  });
  return { ...head, shots };
}

function parseLine<S extends z.ZodType>(schema: S, line: string, where: string, number: number): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw wrong(where, number, `it is no JSON: ${messageOf(error)}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong(where, number, `${issue?.path.join('.') || 'the line'}: ${issue?.message}`);
}

function wrong(where: string, line: number, what: string): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `${where}:${line}: ${what}`,
    hint: `a schedule is written by --save-schedule: a head, then one line for each of its shots, at most ${MOST_SHOTS}`,
  });
}
