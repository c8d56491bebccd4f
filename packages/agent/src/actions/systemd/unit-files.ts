import { createHash } from 'node:crypto';
import type { Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import { fileDigest } from '../artifacts/file-digest.ts';
import { type ManagedFile, rootFile } from '../kit/managed-file.ts';

type UnitParams = Params<'systemd.unit'>;

/** The unit file and drop-ins that an action writes. */
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
 * Digest of everything whose change needs a restart: what the unit is to be, and the other files as they stand.
 * undefined when the unit needs no restart for anything.
 */
export async function restartDigest(params: UnitParams, host: Host, signal: AbortSignal): Promise<string | undefined> {
  const files = unitFiles(params);
  if (files.length === 0 && params.restartOn.length === 0) return undefined;
  const digest = createHash('sha256');
  const add = (path: string, content: string | undefined) =>
    digest.update(`${path}\0${content === undefined ? 'absent' : Buffer.byteLength(content)}\0${content ?? ''}`);
  for (const { path, content } of files) add(path, content);
  // As a stream: binaries of 100 MB are among them.
  for (const path of params.restartOn)
    add(path, (await host.stat(path)) && (await fileDigest(host.localPath(path), signal)));
  return digest.digest('hex');
}
