/** A mapping of settings, which may hold others, such as the values of a chart. */
export type Tree = Readonly<Record<string, unknown>>;

/** Whether a value is a mapping, and neither a list nor a single value. */
export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Returns a tree with another put over it, as Helm does with values: mappings are merged, and everything else is
 * replaced, lists as a whole.
 */
export function withTree(tree: Tree, over: Tree): Tree {
  const merged = Object.entries(over).map(([key, value]) => {
    const below = Object.hasOwn(tree, key) ? tree[key] : undefined;
    return [key, isTree(below) && isTree(value) ? withTree(below, value) : value] as const;
  });
  return Object.fromEntries([...Object.entries(tree), ...merged]);
}

/** Returns what is at a path of a tree, or undefined where there is nothing. */
export function atPath(tree: Tree, path: readonly string[]): unknown {
  let value: unknown = tree;
  for (const key of path) value = isTree(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
