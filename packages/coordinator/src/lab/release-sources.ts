import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What the release is made from, below the root of the clone. Dependencies are known by the lock file. */
const sources = ['packages/shared', 'packages/agent', 'packages/coordinator', 'systemd'];
const files = ['package.json', 'pnpm-lock.yaml', 'tsconfig.base.json'];

/** Changes when a source file, the lock file or Node.js does: a digest of names, sizes and modification times. */
export async function sourcesKey(root: string): Promise<string> {
  const lists = await Promise.all(
    sources.map(async (directory) => {
      const entries = await readdir(join(root, directory), { withFileTypes: true, recursive: true });
      const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return paths.filter((path) => !path.includes('/node_modules/') && !path.endsWith('.test.ts'));
    }),
  );
  const paths = [...lists.flat(), ...files.map((file) => join(root, file)), process.execPath].sort();
  const facts = await Promise.all(
    paths.map(async (path) => {
      // A file may go while we look; the next call sees the directory without it.
      const found = await stat(path).catch(() => undefined);
      return `${path} ${found?.size} ${found?.mtimeMs}`;
    }),
  );
  return createHash('sha256').update(facts.join('\n')).digest('hex');
}
