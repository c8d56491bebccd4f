import { createHash } from 'node:crypto';
import { fileDigest } from '@vhive/base/files/hash-file';
import type { Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import { type ManagedFile, rootFile } from '../kit/managed-file.ts';

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
export async function restartDigest(params: UnitParams, host: Host, signal: AbortSignal): Promise<string | undefined> {
  const files = unitFiles(params);
  if (files.length === 0 && params.restartOn.length === 0) return undefined;
  const digest = createHash('sha256');
  const add = (path: string, content: string | undefined) =>
    digest.update(`${path}\0${content === undefined ? 'absent' : Buffer.byteLength(content)}\0${content ?? ''}`);
  for (const { path, content } of files) add(path, content);
  // The files are read as streams, because binaries of 100 MB are among them.
  for (const path of params.restartOn)
    add(path, (await host.stat(path)) && (await fileDigest(host.localPath(path), signal)));
  return digest.digest('hex');
}
