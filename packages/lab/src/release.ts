import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runTool } from './machine/command.ts';
import type { LabLog } from './types.ts';

/** The root of the clone that this file is in; undefined when it runs from a release. */
function cloneRoot(): string | undefined {
  // In a release this text is in a bundle, perhaps one inside a clone.
  if (!import.meta.url.endsWith('/packages/lab/src/release.ts')) return undefined;
  const root = join(import.meta.dirname, '../../..');
  return existsSync(join(root, 'pnpm-workspace.yaml')) ? root : undefined;
}

/**
 * The directory of the release that this program runs from; in a clone, that of the clone, brought up to date first (a
 * fraction of a second when no source has changed). It can be mounted anywhere and needs no installed Node.js.
 */
export async function ensureRelease({
  log,
  signal,
}: {
  log: LabLog;
  signal?: AbortSignal | undefined;
}): Promise<string> {
  const root = cloneRoot();
  if (root === undefined) {
    const library = import.meta.dirname;
    return basename(library) === 'chunks' ? join(library, '../..') : dirname(library);
  }
  log('bringing the release of agent and coordinator up to date');
  const printed = await runTool([process.execPath, join(root, 'packaging/build.ts')], {
    doing: 'building the release of agent and coordinator',
    signal,
  });
  return printed.trim();
}
