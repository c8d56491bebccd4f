import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The packages from whose sources the release is made. The lock file stands for their dependencies. */
const packages = ['shared', 'base', 'core', 'agent', 'lab', 'coordinator'];
const labSources = ['packages/lab/programs', 'packages/lab/modules'];
const sources = [...packages.map((name) => `packages/${name}/src`), ...labSources, 'packaging', 'systemd'];
const packageFiles = packages.map((name) => `packages/${name}/package.json`);
const files = [...packageFiles, 'package.json', 'pnpm-lock.yaml', 'tsconfig.base.json'];

/**
 * Returns a key that changes when a source file, the lock file or Node.js changes: a digest of names, sizes and
 * modification times. It is synchronous, because a thousand small questions to the kernel take less time than their way
 * through the thread pool.
 */
export function sourcesKey(root: string): string {
  const lists = sources.flatMap((directory) =>
    readdirSync(join(root, directory), { withFileTypes: true, recursive: true }),
  );
  const found = lists.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const paths = [...found, ...files.map((file) => join(root, file)), process.execPath];
  const facts = paths
    .filter((path) => !path.endsWith('.test.ts'))
    .sort()
    .map((path) => {
      // A file may disappear while this code looks at it. The next call sees the directory without it.
      const status = statSync(path, { throwIfNoEntry: false });
      return `${path} ${status?.size} ${status?.mtimeMs}`;
    });
  return createHash('sha256').update(facts.join('\n')).digest('hex');
}
