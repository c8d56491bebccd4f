/**
 * Reads one range of bytes (RFC 9110, 14.1.2). For several ranges or another unit the result is undefined, and the
 * whole file is then a valid answer.
 */
export function parseRange(
  header: string | undefined,
  bytes: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const groups = /^bytes=(?<from>\d*)-(?<to>\d*)$/.exec(header ?? '')?.groups;
  const { from = '', to = '' } = groups ?? {};
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  return start >= bytes ? 'unsatisfiable' : { start, end };
}
