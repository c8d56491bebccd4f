import { posix } from 'node:path';
import type { Host } from '../../host/host.ts';
import { failedForGood } from '../kit/failures.ts';

/**
 * Writes the files that `go build -overlay` reads: a private directory with the overlay's files and `overlay.json`,
 * which maps paths in the tree to them. Returns the path of `overlay.json`.
 */
export async function writeOverlay(
  host: Host,
  directory: string,
  tree: string,
  overlay: Record<string, string>,
): Promise<string> {
  const replace: Record<string, string> = {};
  await host.remove(directory, { recursive: true });
  await host.makeDirectory(directory, { mode: '0700' });
  for (const [index, [path, content]] of Object.entries(overlay).entries()) {
    const inTree = posix.normalize(path);
    if (posix.isAbsolute(inTree) || inTree === '..' || inTree.startsWith('../'))
      throw failedForGood(`the overlay's path ${path} leads out of ${tree}`, {
        hint: 'paths of an overlay are relative to the folder of go.mod',
      });
    // The file keeps its ending, because Go looks at it.
    const file = `${directory}/${index}-${posix.basename(inTree)}`;
    await host.writeFile(file, content, { mode: '0600' });
    replace[posix.join(tree, inTree)] = file;
  }
  const description = `${directory}/overlay.json`;
  await host.writeFile(description, JSON.stringify({ Replace: replace }), { mode: '0600' });
  return description;
}
