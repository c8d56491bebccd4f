import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runTool } from './machine/command.ts';
import type { LabLog } from './types.ts';

/** Returns the root of the clone that this file is in; undefined when it runs from a release. */
function cloneRoot(): string | undefined {
  // In a release, this code is in a bundle, and the release itself may be inside a clone.
  if (!import.meta.url.endsWith('/packages/lab/src/release.ts')) return undefined;
  const root = join(import.meta.dirname, '../../..');
  return existsSync(join(root, 'pnpm-workspace.yaml')) ? root : undefined;
}

/**
 * Returns the directory of the release that this program runs from. In a clone it is the clone's release, which is
 * brought up to date first (in a fraction of a second when no source has changed). It can be mounted anywhere and needs
 * no installed Node.js.
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
