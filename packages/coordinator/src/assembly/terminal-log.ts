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
  // Of an error that is logged without a text, pino takes the text itself.
  const text = [...new Set([msg, cause])].filter((part) => part !== undefined && part !== '').join(': ');
  return more.length === 0 ? text : `${text} (${more.join(', ')})`;
}
