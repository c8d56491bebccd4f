/** A value as YAML and JSON have it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * Returns a copy of a value in which the field at a path such as `load.rps` or `functions.0.minScale` has another value.
 * Maps on the way are made where there are none. The result is undefined where a part of the path leads into a list
 * beyond its end, or into a value that has no fields.
 */
export function setField(target: Json | undefined, path: readonly string[], value: Json): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (target === undefined) target = {};
  if (Array.isArray(target)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index >= target.length) return undefined;
    const changed = setField(target[index], rest, value);
    return changed === undefined ? undefined : target.with(index, changed);
  }
  if (typeof target !== 'object' || target === null) return undefined;
  const changed = setField(Object.hasOwn(target, key) ? target[key] : undefined, rest, value);
  return changed === undefined ? undefined : { ...target, [key]: changed };
}
