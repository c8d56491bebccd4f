/** What every line of pino's has, and what people need not see again on a terminal. */
const usual = new Set(['level', 'time', 'pid', 'hostname', 'name', 'msg', 'err', 'reason', 'part']);

/**
 * Makes a line for people from a line of the log: the message, what caused it, and what else is simple to say. Stack
 * traces stay out; they are in the log of a coordinator that runs as a service.
 */
export function lineForPeople(json: string): string {
  const { msg, err, reason, ...fields } = JSON.parse(json) as Record<string, unknown> & { err?: { message?: string } };
  const cause = err?.message ?? reason;
  const more = Object.entries(fields)
    .filter(([name, value]) => !usual.has(name) && ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name} ${value}`);
  // pino takes the message of an error for its own where it was given none.
  const text = [msg, cause === msg ? undefined : cause].filter((part) => part !== undefined && part !== '').join(': ');
  return more.length === 0 ? text : `${text} (${more.join(', ')})`;
}

/** Makes the same line with the time of day before it, and the level where it is not the usual one. */
export function timedLine(json: string): string {
  const { time, level } = JSON.parse(json) as { time?: string; level?: string };
  const mark = level === undefined || level === 'info' ? '' : `${level}: `;
  return `${String(time).slice(11, 19)}Z ${mark}${lineForPeople(json)}`;
}
