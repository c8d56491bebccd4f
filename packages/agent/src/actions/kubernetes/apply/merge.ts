/** A YAML mapping. */
export type Tree = Record<string, unknown>;

/** Whether a value is a YAML mapping. */
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The fields by which the items of a list are told apart. The more telling ones come first: several mounts of one
 * volume share its name, and ports may have none.
 */
const KEYS = ['mountPath', 'devicePath', 'name', 'containerPort', 'port', 'ip'] as const;

const hasKey = (items: readonly unknown[], key: string): items is Tree[] =>
  items.every((item) => isTree(item) && (typeof item[key] === 'string' || typeof item[key] === 'number'));

const tellsApart = (items: readonly unknown[], key: string): items is Tree[] =>
  hasKey(items, key) && new Set(items.map((item) => item[key])).size === items.length;

/**
 * Merges like a strategic merge patch. Objects are merged by field, and null removes a field. Lists whose items have a
 * name (or a mount path or port) are merged by that. Everything else is replaced. An item with `$patch: delete` is
 * removed. Merging the same change twice gives the same as merging it once.
 */
export function merge(target: unknown, change: unknown): unknown {
  if (isTree(change)) {
    const result: Tree = isTree(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(change))
      if (value === null) delete result[key];
      else result[key] = merge(result[key], value);
    return result;
  }
  if (!Array.isArray(change) || change.length === 0) return change;
  const before: unknown[] = Array.isArray(target) ? target : [];
  for (const key of KEYS) {
    if (tellsApart(change, key) && hasKey(before, key)) return mergeLists(before, change, key);
  }
  const key = KEYS.find((each) => tellsApart(change, each));
  return key === undefined ? change : mergeLists([], change, key);
}

function mergeLists(target: readonly Tree[], changes: readonly Tree[], key: string): Tree[] {
  let result = [...target];
  for (const change of changes) {
    const same = (item: Tree) => item[key] === change[key];
    if (change.$patch === 'delete') result = result.filter((item) => !same(item));
    else if (result.some(same)) result = result.map((item) => (same(item) ? mergeItem(item, change) : item));
    else result.push(merge(undefined, change) as Tree);
  }
  return result;
}

/** An environment variable is either a value or a reference to one, so a new one of either kind replaces the other. */
function mergeItem(item: Tree, change: Tree): Tree {
  const base = { ...item };
  if ('value' in change) delete base.valueFrom;
  if ('valueFrom' in change) delete base.value;
  return merge(base, change) as Tree;
}
