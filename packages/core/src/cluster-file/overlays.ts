/** A value that takes the place of the file's. */
export interface Overlay {
  path: readonly string[];
  value: unknown;
  /** `--nodes` or `VHIVE_NODES`, for messages. */
  where: string;
}

/** A deep copy of the content with the overlays in it, later ones over earlier ones. */
export function overlay(content: Record<string, unknown>, overlays: readonly Overlay[]): Record<string, unknown> {
  const result = copyOf(content) as Record<string, unknown>;
  for (const { path, value } of overlays) {
    let target = result;
    for (const key of path.slice(0, -1)) {
      const inner = target[key] ?? {};
      // A scalar where a map belongs is the file's mistake: it is reported, not overwritten.
      if (typeof inner !== 'object' || Array.isArray(inner)) break;
      target[key] = inner;
      target = inner as Record<string, unknown>;
    }
    const last = path.at(-1);
    if (last !== undefined) target[last] = value;
  }
  return result;
}

/** A deep copy of what YAML can hold. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}
