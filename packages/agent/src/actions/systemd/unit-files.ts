import { createHash } from 'node:crypto';
import type { Params } from '@vhive/shared';
import type { ActionContext } from '../kit/action.ts';
import { type ManagedFile, rootFile } from '../kit/managed-file.ts';
import { seenDigest } from '../kit/seen-digest.ts';

type UnitParams = Params<'systemd.unit'>;

/** Returns the unit file and the drop-ins that the action writes. */
export function unitFiles(params: UnitParams): ManagedFile[] {
  const directory = '/etc/systemd/system';
  return [
    ...(params.content === undefined ? [] : [rootFile(`${directory}/${params.name}`, params.content)]),
    ...Object.entries(params.dropIns).map(([name, content]) =>
      rootFile(`${directory}/${params.name}.d/${name}`, content),
    ),
  ];
}

/**
 * Returns a digest of everything whose change needs a restart: the unit as it should be, and the other files as they
 * are now. It is undefined when no change of anything needs a restart.
 */
export async function restartDigest(params: UnitParams, context: ActionContext): Promise<string | undefined> {
  const files = unitFiles(params);
  if (files.length === 0 && params.restartOn.length === 0) return undefined;
  const digest = createHash('sha256');
  const add = (path: string, content: string | undefined) =>
    digest.update(`${path}\0${content === undefined ? 'absent' : Buffer.byteLength(content)}\0${content ?? ''}`);
  for (const { path, content } of files) add(path, content);
  // What counts are the digests of these files, because binaries of 100 MB are among them.
  for (const path of params.restartOn) add(path, (await context.host.stat(path)) && (await seenDigest(path, context)));
  return digest.digest('hex');
}
