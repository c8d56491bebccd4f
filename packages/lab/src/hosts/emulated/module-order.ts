/**
 * Returns the files of kernel modules in an order in which each can be inserted: what a module needs comes before it.
 *
 * @param modulesDep the text of modules.dep, as depmod(8) writes it: `<file>: <file> <file> ...`
 * @param wanted names of modules, such as `virtio_blk`; those that the kernel has built in are in no list, and left out
 */
export function moduleOrder(modulesDep: string, wanted: readonly string[]): string[] {
  const needs = new Map<string, string[]>();
  const files = new Map<string, string>();
  for (const line of modulesDep.split('\n').filter(Boolean)) {
    const [file = '', needed = ''] = line.split(':', 2);
    needs.set(file, needed.trim().split(/\s+/).filter(Boolean));
    files.set(nameOf(file), file);
  }
  const order = new Set<string>();
  const add = (file: string) => {
    if (order.has(file)) return;
    // depmod lists everything that a module needs, directly or not, and never in a circle.
    for (const needed of needs.get(file) ?? []) add(needed);
    order.add(file);
  };
  for (const name of wanted) {
    const file = files.get(nameOf(name));
    if (file !== undefined) add(file);
  }
  return [...order];
}

/** Returns the name of a module by its file. Names have `_` where files may have `-`. */
function nameOf(file: string): string {
  return file
    .replace(/^.*\//, '')
    .replace(/\.ko(\.\w+)?$/, '')
    .replaceAll('-', '_');
}
