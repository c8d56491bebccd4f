/**
 * Finds texts in params that their own object marks as secret, in the form `{ secret: true, content: "..." }`. The
 * agent removes them from everything that it sends.
 */
export function secretsIn(params: unknown): string[] {
  if (params === null || typeof params !== 'object') return [];
  if (Array.isArray(params)) return params.flatMap(secretsIn);
  const own =
    'secret' in params && params.secret === true && 'content' in params && typeof params.content === 'string'
      ? [params.content]
      : [];
  return [...own, ...Object.values(params).flatMap(secretsIn)];
}
