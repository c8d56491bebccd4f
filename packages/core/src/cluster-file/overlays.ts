/** A value that replaces the one in the cluster file. */
export interface Overlay {
  path: readonly string[];
  value: unknown;
  /** The flag or variable that it comes from, such as `--nodes` or `VHIVE_NODES`, for messages. */
  where: string;
}

/** Returns a deep copy of the content with the overlays in it, of which later ones win over earlier ones. */
export function overlay(content: Record<string, unknown>, overlays: readonly Overlay[]): Record<string, unknown> {
  const result = copyOf(content) as Record<string, unknown>;
  for (const { path, value } of overlays) {
    let target = result;
    for (const key of path.slice(0, -1)) {
      const inner = target[key] ?? {};
      // A scalar where a map belongs is a mistake in the file, which is reported and not overwritten.
      if (typeof inner !== 'object' || Array.isArray(inner)) break;
      target[key] = inner;
      target = inner as Record<string, unknown>;
    }
    const last = path.at(-1);
    if (last !== undefined) target[last] = value;
  }
  return result;
}

/** Returns a deep copy of anything that YAML can hold. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}
