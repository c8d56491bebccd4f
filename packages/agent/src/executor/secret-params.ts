/**
 * Texts in params that their own object calls secret: `{ secret: true, content: "..." }`.
 * They are taken out of everything the agent says.
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
